using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>
/// Decoded chunks in memory, within a limit of bytes. Whoever asks for what is being read waits for that. When there is no room, a chunk comes in only for chunks that were asked for less often of late, so that going through a
/// large model once drives nothing out. What pulls need has a small share of its own. Thread-safe.
/// </summary>
/// <remarks>
/// Nothing is in it that was not compared. Content belongs to the garbage collector: who has it may keep it, and nobody writes to it.
/// </remarks>
/// <param name="limit">How many bytes it may have.</param>
/// <param name="isShort">Whether the machine or the container is short of memory; null to ask the runtime.</param>
internal sealed class ChunkCache(long limit, Func<bool>? isShort = null)
{
    /// <summary>The most that it takes unless options say otherwise.</summary>
    public const long DefaultLimit = 2L << 30;

    // What a pull has in memory is to stay under 256 MB with what is kept for it.
    private const long PullShare = 96L << 20;

    // Of the memory that there is, where the default is more.
    private const int DefaultFraction = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, LinkedListNode<CachedChunk>> _found = [];
    private readonly CacheSegment _pulls = new(Math.Min(limit / 2, PullShare));
    private readonly CacheSegment _reads = new(limit - Math.Min(limit / 2, PullShare));
    private readonly UseSketch _uses = new();
    private readonly Func<bool> _isShort = isShort ?? IsMemoryShort;

    /// <summary>The bytes that are in it, those that are being read with them.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _pulls.Bytes + _reads.Bytes;
            }
        }
    }

    /// <summary>How often a chunk was there, or on its way.</summary>
    public long Hits { get; private set; }

    /// <summary>How often it was not.</summary>
    public long Misses { get; private set; }

    /// <summary>The limit for a machine when options name none.</summary>
    public static long ChooseLimit() => Math.Min(DefaultLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultFraction);

    /// <summary>Finds a chunk, or reads it to keep it.</summary>
    /// <param name="chunk">Which chunk, and how long it is.</param>
    /// <param name="isPull">Whether a pull needs it, which keeps what it meets first; for others only what is met again is kept.</param>
    /// <param name="source">Reads and compares it. It reads whatever becomes of who asked first: others may wait, and a chunk is short.</param>
    /// <returns>The chunk; null when it is not worth keeping, and is read by whoever asks.</returns>
    public Task<ReadOnlyMemory<byte>>? Find(ChunkReference chunk, bool isPull, IChunkSource source)
    {
        lock (_lock)
        {
            _uses.Note(chunk.Digest);
            if (_found.TryGetValue(chunk.Digest, out var node))
            {
                Hits++;
                node.Value.Segment.Chunks.Remove(node);
                node.Value.Segment.Chunks.AddFirst(node);
                return node.Value.Chunk.Length == chunk.Length ? node.Value.Content : null;
            }

            Misses++;
            var segment = isPull ? _pulls : _reads;
            if ((!isPull && _uses.Count(chunk.Digest) < 2) || !TryMakeRoom_NeedsLock(segment, chunk))
            {
                return null;
            }

            var content = Task.Run(() => ReadAsync(chunk, source));
            node = segment.Chunks.AddFirst(new CachedChunk(chunk, segment, content));
            segment.Bytes += chunk.Length;
            _found.Add(chunk.Digest, node);
            return content;
        }
    }

    private static bool IsMemoryShort()
    {
        var memory = GC.GetGCMemoryInfo();
        return memory.MemoryLoadBytes > memory.HighMemoryLoadThresholdBytes;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(ChunkReference chunk, IChunkSource source)
    {
        try
        {
            var plain = new byte[chunk.Length];
            await source.ReadAsync(chunk.Digest, plain, CancellationToken.None).ConfigureAwait(false);
            return plain;
        }
        catch
        {
            // The next who asks reads it anew: it may be whole again by then.
            lock (_lock)
            {
                if (_found.TryGetValue(chunk.Digest, out var node))
                {
                    Remove_NeedsLock(node);
                }
            }

            throw;
        }
    }

    private bool TryMakeRoom_NeedsLock(CacheSegment segment, ChunkReference chunk)
    {
        if (chunk.Length > segment.Limit)
        {
            return false;
        }

        if (_isShort())
        {
            Trim_NeedsLock(_pulls, _pulls.Bytes / 2);
            Trim_NeedsLock(_reads, _reads.Bytes / 2);
            return false;
        }

        var wanted = segment.Bytes + chunk.Length - segment.Limit;
        var uses = _uses.Count(chunk.Digest);
        for (var node = segment.Chunks.Last; node is not null && wanted > 0; node = node.Previous)
        {
            if (_uses.Count(node.Value.Chunk.Digest) >= uses)
            {
                return false;
            }

            wanted -= node.Value.Chunk.Length;
        }

        Trim_NeedsLock(segment, segment.Limit - chunk.Length);
        return true;
    }

    private void Trim_NeedsLock(CacheSegment segment, long most)
    {
        while (segment.Bytes > most && segment.Chunks.Last is { } last)
        {
            Remove_NeedsLock(last);
        }
    }

    private void Remove_NeedsLock(LinkedListNode<CachedChunk> node)
    {
        node.Value.Segment.Chunks.Remove(node);
        node.Value.Segment.Bytes -= node.Value.Chunk.Length;
        _found.Remove(node.Value.Chunk.Digest);
    }
}
