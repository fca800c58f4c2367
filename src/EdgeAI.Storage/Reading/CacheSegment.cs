namespace EdgeAI.Storage.Reading;

/// <summary>A part of the cache with a limit of its own. Not thread-safe.</summary>
/// <param name="limit">How many bytes it may have.</param>
internal sealed class CacheSegment(long limit)
{
    public long Limit => limit;

    public long Bytes { get; set; }

    /// <summary>What is in it, that which was asked for last first.</summary>
    public LinkedList<CachedChunk> Chunks { get; } = [];
}
