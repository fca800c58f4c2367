namespace EdgeAI.Storage;

/// <summary>How long the first byte of a read takes, as an order of magnitude.</summary>
public enum StorageLatency
{
    /// <summary>Microseconds: memory.</summary>
    Microseconds = 0,

    /// <summary>Tenths of a millisecond: a solid-state disk.</summary>
    SubMillisecond = 1,

    /// <summary>Milliseconds: a spinning disk, a cluster in the same building.</summary>
    Milliseconds = 2,

    /// <summary>Tenths of a second: the internet.</summary>
    SubSecond = 3,
}
