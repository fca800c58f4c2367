namespace EdgeAI.Storage;

/// <summary>What a store's maintenance did.</summary>
/// <param name="Collection">What was given back; null when it was not asked for.</param>
/// <param name="Repack">What was packed anew; null when it was not asked for.</param>
/// <param name="Scrub">What reading back found; null when it was not asked for.</param>
public sealed record MaintenanceReport(GarbageCollectionReport? Collection, RepackReport? Repack, VerificationReport? Scrub)
{
    /// <summary>What was found on clusters; empty when it was not asked for.</summary>
    public IReadOnlyList<ClusterCollectionReport> Clusters { get; init; } = [];
}
