using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// Finds the stored tensor that a new one was made from: an earlier version under the same names first, then any of the same number of elements whose
/// signs agree. The best few are compared by a sample of what the difference would take.
/// </summary>
internal sealed class BaseFinder(StoreIndex index, ChunkReader chunks, ChunkCodecs codecs, string modelName)
{
    private const int Compared = 3;

    /// <summary>Finds the base of a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="ordinal">Which of its chunks is at hand.</param>
    /// <param name="plain">That chunk.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>Null when there is none that helps.</returns>
    public async Task<StoredTensor?> FindAsync(TensorDraft tensor, int ordinal, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        StoredTensor? best = null;
        var least = int.MaxValue;
        foreach (var candidate in Rank(tensor))
        {
            if (ordinal >= candidate.Chunks.Count
                || await ReadBaseAsync(candidate.Chunks[ordinal], cancellationToken).ConfigureAwait(false) is not { } baseline)
            {
                continue;
            }

            var cost = Measure(tensor, ordinal, candidate, plain.Span, baseline.AsSpan());
            baseline.Dispose();
            if (cost < least)
            {
                (best, least) = (candidate, cost);
            }
        }

        return best;
    }

    /// <summary>Reads a chunk to keep another as a difference from; null when it is missing, damaged, or at the end of a full chain with no other in reach.</summary>
    public async ValueTask<BaseChunk?> ReadBaseAsync(Digest chunk, CancellationToken cancellationToken)
    {
        var location = index.FindChunk(chunk);
        while (location?.Base is { Depth: >= ChunkBase.MaxDepth } further)
        {
            (chunk, location) = (further.Chunk, index.FindChunk(further.Chunk));
        }

        if (location is not { } found || found.Length is <= 0 or > PackFormat.MaxChunkLength || !index.TryKeep(chunk))
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(found.Length);
        try
        {
            await chunks.ReadAsync(chunk, buffer.AsMemory(0, found.Length), cancellationToken).ConfigureAwait(false);
            return new BaseChunk(new ChunkBase(chunk, found.Length, (byte)((found.Base?.Depth ?? 0) + 1)), buffer);
        }
        catch (ContentCorruptedException)
        {
            // The chunk is marked by its reader. An import needs it not: the new one stands by itself then.
            ArrayPool<byte>.Shared.Return(buffer);
            return null;
        }
    }

    private IEnumerable<StoredTensor> Rank(TensorDraft tensor) => index.FindTensors(modelName, tensor.Elements)
        .Where(found => ElementCast.CanForetell(found.Tensor.Form, tensor.Form))
        .Select(found => (found.Tensor, IsNamesake: found.IsSameModel && found.Tensor.Name == tensor.Extent.Name, Distance: TensorSketch.Distance(found.Tensor.Sketch, tensor.Sketch)))
        .Where(found => found.IsNamesake || found.Distance <= TensorSketch.Close)
        .OrderByDescending(found => found.IsNamesake)
        .ThenBy(found => found.Distance)
        .ThenByDescending(found => found.Tensor.Name == tensor.Extent.Name)
        .Select(found => found.Tensor)
        .DistinctBy(found => found.Chunks.Count == 0 ? default : found.Chunks[0])
        .Take(Compared);

    private int Measure(TensorDraft tensor, int ordinal, StoredTensor candidate, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> baseline) =>
        codecs.MeasureDifference(new ChunkContent(plain, tensor.Form)
        {
            Base = baseline,
            BaseForm = candidate.Form,
            RowLength = tensor.RowLength,
            FirstElement = (long)ordinal * Chunking.ChunkPlan.ElementsPerChunk,
        }) ?? int.MaxValue;
}
