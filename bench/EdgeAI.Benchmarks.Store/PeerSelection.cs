namespace EdgeAI.Benchmarks.Store;

/// <summary>Which peers are measured.</summary>
internal enum PeerSelection
{
    /// <summary>None; speeds still need zstd to be compared with.</summary>
    None,

    /// <summary>Those that take seconds.</summary>
    Fast,

    /// <summary>Also those that take minutes for a file.</summary>
    All,
}
