namespace EdgeAI.Storage;

/// <summary>What a repack writes anew.</summary>
public sealed record RepackOptions
{
    /// <summary>A pack is written anew without its garbage when less than this share of it is in use; 0 to 1, and 0 for none.</summary>
    /// <value>The default is 0.5.</value>
    public double MinLiveShare { get; init; } = 0.5;

    /// <summary>Packs shorter than this are merged, in bytes, when there are four and more; 0 to 67,108,864, and 0 for none.</summary>
    /// <value>The default is 33,554,432 (32 MiB).</value>
    public long MinPackLength { get; init; } = 32L << 20;

    /// <summary>
    /// A chunk that is decoded after more than so many others is kept as a difference from an earlier one of them, or by itself; 0 to 32. Updates that come by archive make chains
    /// longer than imports do, and each link costs a read.
    /// </summary>
    /// <value>The default is 4, the longest that imports write.</value>
    public int MaxChainDepth { get; init; } = 4;

    /// <summary>How many bytes to write at most, about; the next repack goes on. More than 0.</summary>
    /// <value>The default is null: as many as it takes.</value>
    public long? MaxBytes { get; init; }
}
