using EdgeAI.Models;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Trust;

namespace EdgeAI.Storage.Clusters.Garbage;

/// <summary>Finds what the names on a cluster need, by way of manifests and plans; where a plan is missing or does not hold, by the indexes of all packs.</summary>
internal sealed class ClusterGarbageMarker(IStorageTier tier, ClusterReader reader)
{
    private const string PackPrefix = "packs/";

    private readonly HashSet<string> _live = new(StringComparer.Ordinal);
    private readonly HashSet<Digest> _manifests = [];
    private readonly HashSet<Digest> _unplaced = [];
    private readonly List<string> _problems = [];

    /// <summary>Where objects are that may be garbage, in the order in which they go: nothing is left that says where something gone was.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [TransferPlan.Prefix, SignatureStore.Prefix, "manifests/", PackPrefix];

    /// <summary>What is damaged or missing, so that nobody knows what is garbage.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Finds which of some objects are needed.</summary>
    /// <param name="objects">Objects that were listed before: what names need that come later is not among them, or is no garbage yet.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<HashSet<string>> FindLiveAsync(IReadOnlyCollection<string> objects, CancellationToken cancellationToken)
    {
        var (models, damaged) = await new NameStore(tier).ListAsync(cancellationToken).ConfigureAwait(false);
        if (models.Count + damaged.Count == 0 && objects.Count > 0)
        {
            _problems.Add("There are objects and no names: either nothing was sent whole yet, or the names are lost.");
        }

        _problems.AddRange(damaged.Select(key => $"The name '{key}' is damaged: what it means is not known. Import the model again under it, or delete the object."));
        foreach (var version in models.GroupBy(model => model.Digest, model => model.Reference))
        {
            await VisitAsync(version.Key, version.First(), cancellationToken).ConfigureAwait(false);
        }

        if (_unplaced.Count > 0 && _problems.Count == 0)
        {
            await WalkAsync(objects, cancellationToken).ConfigureAwait(false);
        }

        _live.UnionWith(objects.Where(key => CondemnedLists.ListOf(key) is null || BelongsToLive(key)));
        return _live;
    }

    private async ValueTask VisitAsync(Digest digest, ModelReference name, CancellationToken cancellationToken)
    {
        _manifests.Add(digest);
        var json = await reader.ReadWholeAsync(tier, ManifestSerializer.KeyOf(digest), ManifestSerializer.MaxLength, cancellationToken).ConfigureAwait(false);
        if (json is null || Digest.Of(json) != digest)
        {
            _problems.Add($"The manifest of '{name}', {ManifestSerializer.KeyOf(digest)}, is {(json is null ? "missing" : "damaged")}: what it needs is not known. Send the model again from a store that has it.");
            return;
        }

        HashSet<Digest> chunks;
        try
        {
            chunks = [.. TransferPlan.ChunksOf(ManifestSerializer.Deserialize(digest, json))];
        }
        catch (ContentCorruptedException exception)
        {
            _problems.Add(exception.Message);
            return;
        }

        var plan = await reader.ReadWholeAsync(tier, TransferPlan.KeyOf(digest), TransferPlan.MaxLength, cancellationToken).ConfigureAwait(false);
        if (plan is null || TransferPlan.TryRead(plan, digest, [], []) is not { } placed || !chunks.IsSubsetOf(placed.Places.Keys) || !await HoldsAsync(placed, cancellationToken).ConfigureAwait(false))
        {
            _unplaced.UnionWith(chunks);
        }
    }

    private async ValueTask<bool> HoldsAsync(PlacedManifest placed, CancellationToken cancellationToken)
    {
        var packs = placed.Places.Values.Select(place => PackFormat.KeyOf(place.Pack)).Distinct().Where(key => !_live.Contains(key)).ToList();
        foreach (var key in packs)
        {
            if (await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null)
            {
                return false;
            }
        }

        _live.UnionWith(packs);
        return placed.Places.Values.All(place => place.Base is not { } needed || placed.Places.ContainsKey(needed.Chunk));
    }

    // Every pack that has a needed chunk, or one that it is decoded with, is needed: which of them a reader will take is not known.
    private async ValueTask WalkAsync(IReadOnlyCollection<string> objects, CancellationToken cancellationToken)
    {
        var places = new List<(Digest Chunk, Digest? Base, string Pack)>();
        foreach (var key in objects.Where(key => key.StartsWith(PackPrefix, StringComparison.Ordinal)))
        {
            if (!Digest.TryParse($"sha256:{Path.GetFileNameWithoutExtension(key[PackPrefix.Length..])}", null, out var pack) || key != PackFormat.KeyOf(pack))
            {
                continue;
            }

            try
            {
                places.AddRange((await new PackReader(tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false)).Select(entry => (entry.Chunk, entry.Base?.Chunk, key)));
            }
            catch (ContentCorruptedException)
            {
                // What is in it is not known; it may be all that somebody has.
                _live.Add(key);
            }
        }

        var found = places.ToLookup(place => place.Chunk);
        var needed = new Queue<Digest>(_unplaced);
        while (needed.TryDequeue(out var chunk))
        {
            if (!found.Contains(chunk))
            {
                _problems.Add($"The chunk {chunk}, which a named model needs, is in no pack that can be read. Send the model again from a store that has it.");
                return;
            }

            foreach (var (_, baseline, pack) in found[chunk])
            {
                _live.Add(pack);
                if (baseline is { } next && _unplaced.Add(next))
                {
                    needed.Enqueue(next);
                }
            }
        }
    }

    // What is not a store's is left alone.
    private bool BelongsToLive(string key)
    {
        const int HexLength = 2 * Digest.Size;
        var start = key.IndexOf('/', StringComparison.Ordinal) + 1;
        if (key.Length < start + HexLength || !Digest.TryParse($"sha256:{key.AsSpan(start, HexLength)}", null, out var digest))
        {
            return true;
        }

        return key.StartsWith(PackPrefix, StringComparison.Ordinal) ? key != PackFormat.KeyOf(digest) : _manifests.Contains(digest);
    }
}
