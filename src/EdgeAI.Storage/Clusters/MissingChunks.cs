using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Clusters;

/// <summary>The chunks that a store lacks for a model, and which must come before which.</summary>
internal sealed class MissingChunks(StoreIndex index, IncomingPacks incoming, IReadOnlyDictionary<Digest, ChunkLocation> places)
{
    // The longest range that is read at once, unless one chunk is longer.
    private const int MaxRange = 2 << 20;

    private readonly Dictionary<Digest, int> _levels = [];
    private readonly List<List<(Digest Chunk, ChunkLocation Place)>> _missing = [];

    /// <summary>Stored bytes to fetch.</summary>
    public long Bytes { get; private set; }

    /// <summary>The chunks that were found missing.</summary>
    public IEnumerable<Digest> Chunks => _levels.Where(chunk => chunk.Value >= 0).Select(chunk => chunk.Key);

    /// <summary>Finds which of some chunks are lacking, with what they are decoded with, and have not been found before.</summary>
    /// <returns>Ranges of packs to fetch, in groups: what is in one is decoded with what is in earlier ones, or here already.</returns>
    /// <exception cref="StalePlacesException">Nobody says where a chunk is, or it can't be there.</exception>
    public IReadOnlyList<List<List<(Digest Chunk, ChunkLocation Place)>>> Find(IEnumerable<ChunkReference> chunks)
    {
        foreach (var chunk in chunks)
        {
            Visit(chunk.Digest, chunk.Length, 0);
        }

        var groups = _missing.ConvertAll(Join);
        _missing.Clear();
        return groups;
    }

    private static List<List<(Digest Chunk, ChunkLocation Place)>> Join(List<(Digest Chunk, ChunkLocation Place)> chunks)
    {
        var ranges = new List<List<(Digest Chunk, ChunkLocation Place)>>();
        var (end, length, pack) = (-1L, 0, default(Digest));
        foreach (var chunk in chunks.OrderBy(chunk => chunk.Place.Pack).ThenBy(chunk => chunk.Place.Offset))
        {
            var place = chunk.Place;
            if (place.Pack != pack || place.Offset != end || length + place.StoredLength > MaxRange)
            {
                ranges.Add([]);
                length = 0;
            }

            ranges[^1].Add(chunk);
            length += place.StoredLength;
            (pack, end) = (place.Pack, place.Offset + place.StoredLength);
        }

        return ranges;
    }

    /// <returns>In which group a chunk comes; -1 when it is here.</returns>
    private int Visit(Digest chunk, int length, int depth)
    {
        if (_levels.TryGetValue(chunk, out var level))
        {
            return level;
        }

        if (incoming.Find(chunk) is { } come)
        {
            // What it is decoded with was here when it came, and may have been collected since.
            var needed = come.Base is { } baseline ? Visit(baseline.Chunk, baseline.Length, depth + 1) : -1;
            return _levels[chunk] = needed;
        }

        if (index.HasSoundChunk(chunk))
        {
            // A wrong length would make a sound chunk seem damaged when it is read.
            if (depth > 0 && index.FindChunk(chunk)?.Length != length)
            {
                throw new StalePlacesException($"The cluster's plan gives the chunk {chunk} a wrong length.");
            }

            return _levels[chunk] = -1;
        }

        if (!places.TryGetValue(chunk, out var place) || place.Length != length || !IsPossible(place) || depth > ChunkBase.MaxReadDepth)
        {
            throw new StalePlacesException($"The cluster's plan does not say where the chunk {chunk} is.");
        }

        level = 1 + (place.Base is { } other ? Visit(other.Chunk, other.Length, depth + 1) : -1);
        while (_missing.Count <= level)
        {
            _missing.Add([]);
        }

        _missing[level].Add((chunk, place));
        Bytes += place.StoredLength;
        return _levels[chunk] = level;
    }

    // Places come from outside: lengths are checked before anything is read into memory.
    private static bool IsPossible(in ChunkLocation place) =>
        place.Length is > 0 and <= PackFormat.MaxChunkLength
        && place.StoredLength is >= 0 and <= PackFormat.MaxChunkLength
        && place.Offset >= PackFormat.HeaderLength
        && (place.Base is not { } needed || (needed.Length is > 0 and <= PackFormat.MaxChunkLength && needed.Depth <= ChunkBase.MaxReadDepth));
}
