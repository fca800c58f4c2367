using System.Collections.Concurrent;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// What the tensors of a model are recognised by, taken from its chunks while they are at hand anyway, so that none is decoded for it again. Of tensors that another stored model has too, the index knows it. <see cref="Take"/>
/// is thread-safe.
/// </summary>
internal sealed class TensorSamples
{
    private readonly ModelManifest _manifest;
    private readonly StoreIndex _index;
    private readonly Dictionary<Digest, List<(int Offset, int Length)>> _wanted = [];
    private readonly ConcurrentDictionary<Digest, byte[][]> _taken = [];

    /// <param name="manifest">The model. Its chunks were checked to be those of a file.</param>
    /// <param name="index">What the store has.</param>
    public TensorSamples(ModelManifest manifest, StoreIndex index)
    {
        (_manifest, _index) = (manifest, index);
        foreach (var file in manifest.Files.Where(file => file.Tensors.Count > 0))
        {
            var layout = new FileLayout(file);
            foreach (var range in StoredTensors.FindSampled(file, IsNew))
            {
                Want(layout, range);
            }
        }
    }

    /// <summary>Keeps what is wanted of a chunk.</summary>
    public void Take(Digest chunk, ReadOnlySpan<byte> plain)
    {
        var length = plain.Length;
        if (!_wanted.TryGetValue(chunk, out var ranges) || ranges.Exists(range => range.Offset + range.Length > length))
        {
            return;
        }

        var taken = new byte[ranges.Count][];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = plain.Slice(ranges[i].Offset, ranges[i].Length).ToArray();
        }

        _taken[chunk] = taken;
    }

    /// <summary>The tensors of the model; chunks that were not at hand are read.</summary>
    public ValueTask<List<StoredTensor>> ReadAsync(IChunkSource chunks, CancellationToken cancellationToken) =>
        StoredTensors.ReadAsync(_manifest, new Source(this, chunks), _index.FindTensor, cancellationToken);

    private bool IsNew(StoredTensors.Place place) => _index.FindTensor(place.Elements, place.Form, place.Chunks) is null;

    private void Want(FileLayout layout, (long Offset, int Length) range)
    {
        for (var (offset, end) = (range.Offset, range.Offset + range.Length); offset < end;)
        {
            var piece = layout.Find(offset);
            var skip = (int)(offset - piece.Offset);
            var length = (int)Math.Min(end - offset, piece.Length - skip);
            var chunk = layout.File.Chunks[piece.Chunk].Digest;
            if (!_wanted.TryGetValue(chunk, out var ranges))
            {
                _wanted.Add(chunk, ranges = []);
            }

            ranges.Add((piece.Skip + skip, length));
            offset += length;
        }
    }

    // Gives back of a chunk what was taken, and nothing else of it: only that is read.
    private sealed class Source(TensorSamples samples, IChunkSource chunks) : IChunkSource
    {
        public ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
        {
            if (!samples._taken.TryGetValue(chunk, out var taken))
            {
                return chunks.ReadAsync(chunk, plain, cancellationToken);
            }

            var ranges = samples._wanted[chunk];
            for (var i = 0; i < taken.Length; i++)
            {
                taken[i].CopyTo(plain.Span[ranges[i].Offset..]);
            }

            return ValueTask.CompletedTask;
        }
    }
}
