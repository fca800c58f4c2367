using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Reading;

/// <summary>Writes a file of a model out, its chunks decoded on all cores, each put straight to its places. A few chunks are in memory at a time.</summary>
internal static class ParallelReader
{
    /// <summary>Writes a whole file.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="chunks">Where its chunks come from.</param>
    /// <param name="destination">An empty file, open for writing.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <exception cref="ContentCorruptedException">A chunk is missing or damaged.</exception>
    public static async ValueTask CopyAsync(ModelFile file, ChunkReader chunks, SafeFileHandle destination, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var flush = new FlushAhead(destination);
        await using var _ = flush.ConfigureAwait(false);
        var pieces = new FileLayout(file).Pieces.GroupBy(piece => piece.Chunk);
        await Parallel.ForEachAsync(pieces, options, async (places, token) =>
        {
            var chunk = file.Chunks[places.Key];
            var buffer = ArrayPool<byte>.Shared.Rent(chunk.Length);
            try
            {
                await chunks.ReadAsync(chunk.Digest, buffer.AsMemory(0, chunk.Length), token).ConfigureAwait(false);
                foreach (var place in places)
                {
                    RandomAccess.Write(destination, buffer.AsSpan(place.Skip, place.Length), place.Offset);
                    flush.Wrote(place.Length);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }).ConfigureAwait(false);
        await flush.CompleteAsync().ConfigureAwait(false);
    }
}
