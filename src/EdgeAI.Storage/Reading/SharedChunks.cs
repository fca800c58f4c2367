using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>
/// The chunks that were read last, for many who each need a few bytes of them: a file's residue fills its gaps in order, so that who goes through a file on all cores
/// has each chunk of it decoded about once. Thread-safe.
/// </summary>
internal sealed class SharedChunks(IChunkSource chunks)
{
    private const int Capacity = 4;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Digest Chunk, Lazy<Task<ReadOnlyMemory<byte>>> Content)> _latest = [];

    /// <summary>The bytes of a chunk.</summary>
    public Task<ReadOnlyMemory<byte>> ReadAsync(ChunkReference chunk, CancellationToken cancellationToken) => Find(chunk, cancellationToken).Value;

    private Lazy<Task<ReadOnlyMemory<byte>>> Find(ChunkReference chunk, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            for (var node = _latest.First; node is not null; node = node.Next)
            {
                if (node.Value.Chunk == chunk.Digest)
                {
                    _latest.Remove(node);
                    _latest.AddFirst(node);
                    return node.Value.Content;
                }
            }

            var content = new Lazy<Task<ReadOnlyMemory<byte>>>(() => LoadAsync(chunk, cancellationToken));
            _latest.AddFirst((chunk.Digest, content));
            if (_latest.Count > Capacity)
            {
                _latest.RemoveLast();
            }

            return content;
        }
    }

    private async Task<ReadOnlyMemory<byte>> LoadAsync(ChunkReference chunk, CancellationToken cancellationToken)
    {
        var content = new byte[chunk.Length];
        await chunks.ReadAsync(chunk.Digest, content, cancellationToken).ConfigureAwait(false);
        return content;
    }
}
