using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Updates;

/// <summary>Finds the chunks that a node lacks.</summary>
internal sealed class UpdatePlanner(StoreIndex index, ManifestStore manifests)
{
    /// <summary>The chunks to move, each after the one that it is decoded with.</summary>
    /// <param name="have">The manifests that the node has.</param>
    /// <param name="want">The manifest that it is to have.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<List<(Digest Chunk, ChunkLocation Location)>> FindMissingAsync(
        IReadOnlyCollection<Digest> have,
        ModelManifest want,
        CancellationToken cancellationToken)
    {
        // The node has the chunks of its models, however it keeps them; what they were made from here, it may not have.
        var known = new HashSet<Digest>();
        foreach (var digest in have.Intersect(index.ListManifests()))
        {
            var manifest = await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
            known.UnionWith(manifest.Files.SelectMany(file => file.Chunks).Select(chunk => chunk.Digest));
        }

        var missing = new List<(Digest, ChunkLocation)>();
        foreach (var chunk in want.Files.SelectMany(file => file.Chunks))
        {
            AddWithBases(chunk.Digest, known, missing);
        }

        return missing;
    }

    /// <summary>The ranges of packs that hold chunks, in order.</summary>
    public static List<UpdateRange> RangesOf(IEnumerable<ChunkLocation> locations)
    {
        var ranges = new List<UpdateRange>();
        foreach (var location in locations.OrderBy(location => location.Pack).ThenBy(location => location.Offset))
        {
            if (ranges is [.., var last] && last.Pack == location.Pack && last.Offset + last.Length == location.Offset)
            {
                ranges[^1] = last with { Length = last.Length + location.StoredLength };
            }
            else
            {
                ranges.Add(new UpdateRange(location.Pack, location.Offset, location.StoredLength));
            }
        }

        return ranges;
    }

    private void AddWithBases(Digest chunk, HashSet<Digest> known, List<(Digest, ChunkLocation)> missing)
    {
        if (!known.Add(chunk))
        {
            return;
        }

        var location = index.FindChunk(chunk) ?? throw new ContentCorruptedException(chunk, "index.db", "the chunk is not in the store");
        if (location.Base is { } needed)
        {
            AddWithBases(needed.Chunk, known, missing);
        }

        missing.Add((chunk, location));
    }
}
