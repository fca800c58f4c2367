namespace EdgeAI.Storage;

/// <summary>What a store's maintenance does, in this order: collect, pack anew, scrub.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Whether space that no name needs is given back.</summary>
    /// <value>The default is true.</value>
    public bool CollectGarbage { get; init; } = true;

    /// <summary>What is packed anew; null for nothing.</summary>
    /// <value>The default is <see cref="RepackOptions"/>' defaults.</value>
    public RepackOptions? Repack { get; init; } = new();

    /// <summary>How garbage is collected on every cluster behind the store, last of all; null for not at all.</summary>
    /// <value>The default is null: set it on one machine, or on a few.</value>
    public ClusterCollectionOptions? Clusters { get; init; }

    /// <summary>How much is read back; null for nothing.</summary>
    /// <value>The default is a tenth of the content, so that ten rounds of maintenance read everything.</value>
    public ScrubOptions? Scrub { get; init; } = new() { Share = 0.1 };
}
