using System.Buffers;
using EdgeAI.Models;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Reading;

/// <summary>Writes a file of a model out, its chunks decoded on all cores, each put straight to its place. A few chunks are in memory at a time.</summary>
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
        await Parallel.ForEachAsync(Places(file), options, async (place, token) =>
        {
            var buffer = ArrayPool<byte>.Shared.Rent(place.Chunk.Length);
            try
            {
                var plain = buffer.AsMemory(0, place.Chunk.Length);
                await chunks.ReadAsync(place.Chunk.Digest, plain, token).ConfigureAwait(false);
                RandomAccess.Write(destination, plain.Span, place.Offset);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }).ConfigureAwait(false);
    }

    private static IEnumerable<(ChunkReference Chunk, long Offset)> Places(ModelFile file)
    {
        long offset = 0;
        foreach (var chunk in file.Chunks)
        {
            yield return (chunk, offset);
            offset += chunk.Length;
        }
    }
}
