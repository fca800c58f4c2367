using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>Chunks by way of the cache. Thread-safe.</summary>
/// <param name="cache">Chunks that are in memory.</param>
/// <param name="loader">Reads what is kept. It reads past the cache: a damaged chain that runs in a circle would wait for itself.</param>
/// <param name="others">Reads what is not.</param>
/// <param name="isPull">Whether a pull needs them.</param>
internal sealed class CachedChunks(ChunkCache cache, IChunkSource loader, IChunkSource others, bool isPull) : IChunkSource
{
    /// <inheritdoc/>
    public async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
    {
        if (cache.Find(new ChunkReference(chunk, plain.Length), isPull, loader) is not { } kept)
        {
            await others.ReadAsync(chunk, plain, cancellationToken).ConfigureAwait(false);
            return;
        }

        (await kept.WaitAsync(cancellationToken).ConfigureAwait(false)).CopyTo(plain);
    }
}
