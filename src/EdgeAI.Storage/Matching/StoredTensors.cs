using System.Collections.Concurrent;
using EdgeAI.Models;
using EdgeAI.Storage.Chunking;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// The tensors of a model that later imports may find. They follow from the manifest and the content alone, so that an import, an archive and a rebuild of the
/// index all enter the same.
/// </summary>
internal static class StoredTensors
{
    /// <summary>Where a tensor is.</summary>
    public readonly record struct Place(ModelTensor Tensor, ElementForm Form, IReadOnlyList<Digest> Chunks)
    {
        public long Elements => Tensor.Length / Form.SizeOf();
    }

    /// <summary>Reads the tensors of one file from its content.</summary>
    /// <param name="file">What the manifest says of it.</param>
    /// <param name="content">A stream that can seek; its position moves.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<List<StoredTensor>> ReadAsync(ModelFile file, Stream content, CancellationToken cancellationToken)
    {
        var tensors = new List<StoredTensor>();
        foreach (var place in FindPlaces(file))
        {
            tensors.Add(await ReadAsync(place, content, cancellationToken).ConfigureAwait(false));
        }

        return tensors;
    }

    /// <summary>Reads the tensors of a model from its chunks, on all cores. Those whose chunks can't be read are left out: they are no base for anything.</summary>
    public static ValueTask<List<StoredTensor>> ReadAsync(ModelManifest manifest, IChunkSource chunks, CancellationToken cancellationToken) =>
        ReadAsync(manifest, chunks, (_, _, _) => null, cancellationToken);

    /// <summary>The same, but for tensors that are known by their elements, form and chunks: those are taken as they are, under the model's own name for them.</summary>
    public static async ValueTask<List<StoredTensor>> ReadAsync(
        ModelManifest manifest,
        IChunkSource chunks,
        Func<long, ElementForm, IReadOnlyList<Digest>, StoredTensor?> find,
        CancellationToken cancellationToken)
    {
        var tensors = new List<StoredTensor>();
        foreach (var file in manifest.Files.Where(file => file.Tensors.Count > 0))
        {
            tensors.AddRange(await ReadAsync(file, chunks, find, cancellationToken).ConfigureAwait(false));
        }

        return tensors;
    }

    /// <summary>The bytes of a file that its tensors are recognised by.</summary>
    /// <param name="file">What the manifest says of it.</param>
    /// <param name="isWanted">Which tensors.</param>
    public static IEnumerable<(long Offset, int Length)> FindSampled(ModelFile file, Predicate<Place> isWanted)
    {
        foreach (var place in FindPlaces(file).Where(place => isWanted(place)))
        {
            yield return (place.Tensor.Offset, TensorStart.Window);
            foreach (var run in TensorSketch.FindRuns(place.Tensor.Offset, place.Elements, place.Form))
            {
                yield return run;
            }
        }
    }

    private static async ValueTask<IEnumerable<StoredTensor>> ReadAsync(
        ModelFile file,
        IChunkSource chunks,
        Func<long, ElementForm, IReadOnlyList<Digest>, StoredTensor?> find,
        CancellationToken cancellationToken)
    {
        var places = FindPlaces(file);
        var found = new StoredTensor?[places.Count];
        var streams = new ConcurrentBag<ChunkedStream>();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            await Parallel.ForAsync(0, places.Count, options, async (i, token) =>
            {
                if (find(places[i].Elements, places[i].Form, places[i].Chunks) is { } known)
                {
                    found[i] = known with { Name = places[i].Tensor.Name };
                    return;
                }

                var stream = streams.TryTake(out var free) ? free : new ChunkedStream(file, chunks);
                try
                {
                    found[i] = await ReadAsync(places[i], stream, token).ConfigureAwait(false);
                }
                catch (ContentCorruptedException)
                {
                    // Marked by its reader, and nobody's business here.
                }

                streams.Add(stream);
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        return found.OfType<StoredTensor>();
    }

    // The start comes first, so that a reader of chunks goes forward only.
    private static async ValueTask<StoredTensor> ReadAsync(Place place, Stream content, CancellationToken cancellationToken)
    {
        var start = await TensorStart.ReadAsync(content, place.Tensor.Offset, cancellationToken).ConfigureAwait(false);
        var sketch = await TensorSketch.ReadAsync(content, place.Tensor.Offset, place.Elements, place.Form, cancellationToken).ConfigureAwait(false);
        return new StoredTensor(place.Tensor.Name, place.Elements, place.Form, sketch, start, place.Chunks);
    }

    // A manifest may have come in an archive, from anybody: a tensor counts only where it is cut as this library cuts it.
    private static List<Place> FindPlaces(ModelFile file)
    {
        var places = new List<Place>();
        var layout = new FileLayout(file);
        var (piece, end) = (0, 0L);
        foreach (var tensor in file.Tensors
            .Where(tensor => tensor.Length >= ChunkPlan.LargeTensor)
            .OrderBy(tensor => tensor.Offset)
            .ThenByDescending(tensor => tensor.Length)
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            if (tensor.Offset < end)
            {
                continue;
            }

            while (piece < layout.Pieces.Count && layout.Pieces[piece].Offset < tensor.Offset)
            {
                piece++;
            }

            var encoding = TensorEncodings.Find(tensor.Type);
            var form = TensorDraft.FormOf(encoding);
            if (form != ElementForm.Bytes && tensor.Length % form.SizeOf() == 0
                && TakeChunks(layout, piece, tensor, ChunkPlan.BytesPerChunk(encoding)) is { } chunks)
            {
                places.Add(new Place(tensor, form, chunks));
                end = tensor.Offset + tensor.Length;
            }
        }

        return places;
    }

    private static List<Digest>? TakeChunks(FileLayout layout, int piece, ModelTensor tensor, int step)
    {
        var chunks = new List<Digest>();
        for (var (offset, left) = (tensor.Offset, tensor.Length); left > 0; offset += step, left -= step, piece++)
        {
            if (piece >= layout.Pieces.Count
                || layout.IsResidue(layout.Pieces[piece].Chunk)
                || layout.Pieces[piece].Offset != offset
                || layout.Pieces[piece].Length != Math.Min(step, left))
            {
                return null;
            }

            chunks.Add(layout.File.Chunks[layout.Pieces[piece].Chunk].Digest);
        }

        return chunks;
    }
}
