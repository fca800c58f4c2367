using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Clusters;

/// <summary>Finds out where clusters have a model's chunks: by a plan, or by the indexes of all packs where plans are missing or wrong.</summary>
internal sealed class ClusterMap(ClusterReader clusters, StoreIndex index, ManifestStore manifests)
{
    /// <summary>Reads a manifest, and where its chunks are.</summary>
    /// <returns>Null when no cluster has the manifest.</returns>
    public async ValueTask<PlacedManifest?> FindAsync(ModelReference model, Digest digest, CancellationToken cancellationToken)
    {
        var action = $"read '{model}'";
        if (await FindByPlanAsync(digest, isCached: true, action, cancellationToken).ConfigureAwait(false) is { } planned)
        {
            return planned;
        }

        var json = await manifests.TryReadIntactAsync(digest, cancellationToken).ConfigureAwait(false)
            ?? await clusters.ReadWholeAsync(ManifestSerializer.KeyOf(digest), ManifestSerializer.MaxLength, isCached: true, bytes => Digest.Of(bytes) == digest, action, cancellationToken).ConfigureAwait(false);
        return json is null
            ? null
            : new PlacedManifest(json, ManifestSerializer.Deserialize(digest, json), await WalkAsync(new HashSet<ChunkPlace>(), action, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads a manifest's plan as the clusters have it, whatever a cache before them remembers; null when there is none.</summary>
    public ValueTask<PlacedManifest?> FindUncachedAsync(Digest digest, string action, CancellationToken cancellationToken) =>
        FindByPlanAsync(digest, isCached: false, action, cancellationToken);

    /// <summary>Reads the indexes of all packs on all clusters that are well.</summary>
    /// <param name="bad">Places that are known to be damaged.</param>
    /// <param name="action">What is being done, for a message.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>A place for each chunk that can be decoded, after as few others as possible.</returns>
    public async ValueTask<IReadOnlyDictionary<Digest, ChunkLocation>> WalkAsync(IReadOnlySet<ChunkPlace> bad, string action, CancellationToken cancellationToken)
    {
        var found = new List<(Digest Chunk, ChunkLocation Place)>();
        var seen = new HashSet<Digest>();
        var failures = 0;
        foreach (var member in clusters.Members)
        {
            try
            {
                await WalkAsync(clusters.Only(member), seen, found, action, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterUnavailableException) when (++failures < clusters.Members.Count)
            {
            }
        }

        return Choose(found.Where(chunk => !bad.Contains(new ChunkPlace(chunk.Place.Pack, chunk.Place.Offset))));
    }

    // Of plans that build on what is here, the shortest.
    private async ValueTask<PlacedManifest?> FindByPlanAsync(Digest digest, bool isCached, string action, CancellationToken cancellationToken)
    {
        var known = index.ListManifests().ToHashSet();
        var plans = new List<(StorageObject Plan, Digest? Prior)>();
        foreach (var stored in await ListPlansAsync(digest, action, cancellationToken).ConfigureAwait(false))
        {
            if (TransferPlan.TryParse(stored.Key, digest, out var prior) && (prior is not { } needed || known.Contains(needed)))
            {
                plans.Add((stored, prior));
            }
        }

        foreach (var (plan, prior) in plans.OrderBy(plan => plan.Plan.Length))
        {
            var priorJson = prior is not { } needed ? [] : await manifests.TryReadIntactAsync(needed, cancellationToken).ConfigureAwait(false);
            if (priorJson is null)
            {
                continue;
            }

            var priorChunks = prior is { } version ? TransferPlan.ChunksOf(ManifestSerializer.Deserialize(version, priorJson)) : [];
            PlacedManifest? found = null;
            await clusters.ReadWholeAsync(
                plan.Key,
                TransferPlan.MaxLength,
                isCached,
                bytes => (found = TransferPlan.TryRead(bytes, digest, priorJson, priorChunks)) is not null,
                action,
                cancellationToken).ConfigureAwait(false);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    // A cluster that can't list may be read still, through a cache before it. The plan for a node that has nothing has a name that is known, and is of use to all.
    private async ValueTask<IReadOnlyList<StorageObject>> ListPlansAsync(Digest digest, string action, CancellationToken cancellationToken) =>
        await clusters.AskAsync(
            [],
            action,
            async (member, token) =>
            {
                try
                {
                    return await ClusterReader.ListAsync(member.Tier, TransferPlan.Prefix + digest.Hex, token).ConfigureAwait(false);
                }
                catch (Exception) when (!token.IsCancellationRequested)
                {
                    var plan = TransferPlan.KeyOf(digest);
                    if (await member.Tier.ReadAsync(plan, 0, new byte[1], token).ConfigureAwait(false) <= 0)
                    {
                        throw;
                    }

                    return [new StorageObject(plan, 0)];
                }
            },
            cancellationToken).ConfigureAwait(false) ?? [];

    private static async ValueTask WalkAsync(
        ClusterReader cluster,
        HashSet<Digest> seen,
        List<(Digest Chunk, ChunkLocation Place)> found,
        string action,
        CancellationToken cancellationToken)
    {
        const string Prefix = "packs/";
        foreach (var (key, length) in await cluster.ListAsync(Prefix, action, cancellationToken).ConfigureAwait(false))
        {
            if (!Digest.TryParse($"sha256:{Path.GetFileNameWithoutExtension(key[Prefix.Length..])}", null, out var pack) || key != PackFormat.KeyOf(pack) || seen.Contains(pack))
            {
                continue;
            }

            try
            {
                var entries = await PackReader.ReadIndexAsync(
                    pack,
                    length,
                    async (offset, destination, token) =>
                    {
                        using var range = await cluster.ReadRangeAsync(key, offset, destination.Length, isCached: false, [], action, token).ConfigureAwait(false) ?? default;
                        range.Bytes.CopyTo(destination);
                        return range.Length;
                    },
                    cancellationToken).ConfigureAwait(false);
                seen.Add(pack);
                found.AddRange(entries.Select(entry => (entry.Chunk, entry.In(pack))));
            }
            catch (ContentCorruptedException)
            {
                // What this cluster has of the pack can't be used; another one may have it whole.
            }
        }
    }

    // As an index is filled from packs: each round takes what is decoded after one chunk more, so that no chain runs in a circle.
    private Dictionary<Digest, ChunkLocation> Choose(IEnumerable<(Digest Chunk, ChunkLocation Place)> found)
    {
        var chosen = new Dictionary<Digest, ChunkLocation>();
        var rest = found.ToList();
        for (var round = 0; round <= ChunkBase.MaxReadDepth; round++)
        {
            var before = chosen.Count;
            var later = new List<(Digest Chunk, ChunkLocation Place)>();
            foreach (var (chunk, place) in rest)
            {
                if (place.Base is not { } needed || chosen.ContainsKey(needed.Chunk) || index.HasSoundChunk(needed.Chunk))
                {
                    chosen.TryAdd(chunk, place);
                }
                else
                {
                    later.Add((chunk, place));
                }
            }

            rest = later;
            if (chosen.Count == before)
            {
                break;
            }
        }

        return chosen;
    }
}
