using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>Where chunks are read from.</summary>
internal interface IChunkSource
{
    /// <summary>Reads a chunk.</summary>
    /// <param name="chunk">Which chunk.</param>
    /// <param name="plain">Exactly as long as the chunk.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ContentCorruptedException">The chunk is missing or damaged.</exception>
    ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken);
}
