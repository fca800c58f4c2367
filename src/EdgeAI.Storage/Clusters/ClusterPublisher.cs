using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage.Clusters.Garbage;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Trust;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Sends a model version to one cluster: the packs that it lacks, then plans, then signatures and the manifest; a crash between two of these leaves garbage there, and going on costs a look at what is
/// there. Content that the cluster has in other packs is not sent again, as far as the plans of related versions say. Whoever runs it is in an epoch.
/// </summary>
/// <param name="tier">The cluster.</param>
/// <param name="local">The store's own objects.</param>
/// <param name="index">Where chunks are.</param>
/// <param name="manifests">The store's manifests.</param>
/// <param name="signatures">The store's signatures.</param>
/// <param name="reader">Reads objects of the cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterPublisher(
    IStorageTier tier,
    LocalObjects local,
    StoreIndex index,
    ManifestStore manifests,
    SignatureStore signatures,
    ClusterReader reader,
    TimeProvider time)
{
    // So many related versions are looked at, the likeliest first; for so many an update is planned.
    private const int MaxRelated = 4;

    // All that the version's readers will count on, whoever has put it there.
    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);

    // The collectors' lease before anything was looked for: while it is the same, nobody has deleted anything.
    private byte[]? _collected;

    /// <summary>Sends content, but for the tag.</summary>
    /// <param name="model">The version.</param>
    /// <param name="left">Told how many packs, and bytes of packs, are still to go.</param>
    /// <param name="cancellationToken">Cancels the sending; what is sent stays.</param>
    /// <exception cref="ContentCorruptedException">What the store has is damaged; nothing damaged was sent.</exception>
    /// <exception cref="ClusterUnavailableException">A collection that works is deleting something that the version needs.</exception>
    public async ValueTask RunAsync(ModelInfo model, Action<int, long> left, CancellationToken cancellationToken)
    {
        do
        {
            await SendAsync(model, left, cancellationToken).ConfigureAwait(false);
        }
        while (!await TryKeepAsync(model, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Takes what the version needs off the lists of what is condemned. Before the tag is moved, so that it never names what is being deleted; and after that, since a collection that has not seen the tag may have come
    /// between.
    /// </summary>
    /// <returns>False when something of it was being deleted, and is gone now: it is to be sent again.</returns>
    /// <exception cref="ClusterUnavailableException">Something of it is being deleted.</exception>
    public async ValueTask<bool> TryKeepAsync(ModelInfo model, CancellationToken cancellationToken)
    {
        if (await new CondemnedLists(tier).TryReviveAsync(_needed, cancellationToken).ConfigureAwait(false))
        {
            var collected = await CollectorLease.ReadAsync(tier, cancellationToken).ConfigureAwait(false);
            return collected.AsSpan().SequenceEqual(_collected) || await HasAllAsync(cancellationToken).ConfigureAwait(false);
        }

        return await new ClusterGarbageCollector(tier.Name, tier, reader, time).TryFinishAsync(cancellationToken).ConfigureAwait(false)
            ? false
            : throw new ClusterUnavailableException([tier.Name], $"send '{model.Reference}'", "a collection is just deleting something that it needs");
    }

    /// <summary>Moves the tag, if the cluster has what this store believes.</summary>
    /// <param name="model">The tag, and what it shall mean.</param>
    /// <param name="isKnown">Whether this store has seen a version under the tag, on any cluster.</param>
    /// <param name="cancellationToken">Cancels the move.</param>
    /// <returns>Null when the tag is as it should be; otherwise what the cluster has instead.</returns>
    public async ValueTask<Digest?> MoveTagAsync(ModelInfo model, Func<Digest, bool> isKnown, CancellationToken cancellationToken)
    {
        var key = NameStore.KeyOf(model.Reference);
        while (true)
        {
            var before = await SmallObject.ReadAsync(tier, key, cancellationToken).ConfigureAwait(false);
            if (before is not null && NameObject.Deserialize(before) is { } there && there.Reference == model.Reference)
            {
                if (there.Digest == model.Digest)
                {
                    return null;
                }

                if (!isKnown(there.Digest))
                {
                    return there.Digest;
                }
            }

            if (await tier.CompareAndSwapAsync(key, before is null ? default(ReadOnlyMemory<byte>?) : before, NameObject.Serialize(model), cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
    }

    private async ValueTask SendAsync(ModelInfo model, Action<int, long> left, CancellationToken cancellationToken)
    {
        _collected = await CollectorLease.ReadAsync(tier, cancellationToken).ConfigureAwait(false);
        var json = await manifests.ReadBytesAsync(model.Digest, cancellationToken).ConfigureAwait(false);
        var manifest = ManifestSerializer.Deserialize(model.Digest, json);
        var packs = new Dictionary<Digest, bool>();
        _needed.UnionWith([ManifestSerializer.KeyOf(model.Digest), TransferPlan.KeyOf(model.Digest)]);
        if (await FindPlanAsync(model.Digest, packs, cancellationToken).ConfigureAwait(false) is { } plan)
        {
            Need(plan.Places.Values);
        }
        else
        {
            await SendContentAsync(model, json, manifest, packs, left, cancellationToken).ConfigureAwait(false);
        }

        left(0, 0);
        await SendSignaturesAsync(model.Digest, cancellationToken).ConfigureAwait(false);
        await new ManifestStore(tier).PutAsync(model.Digest, json, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendContentAsync(
        ModelInfo model,
        byte[] json,
        ModelManifest manifest,
        Dictionary<Digest, bool> packs,
        Action<int, long> left,
        CancellationToken cancellationToken)
    {
        var priors = new List<(Digest Digest, byte[] Json, HashSet<Digest> Chunks)>();
        var there = new Dictionary<Digest, ChunkLocation>();
        foreach (var digest in ListRelated(model))
        {
            if (await FindPlanAsync(digest, packs, cancellationToken).ConfigureAwait(false) is { } plan)
            {
                priors.Add((digest, plan.Json, [.. TransferPlan.ChunksOf(plan.Manifest)]));
                foreach (var (chunk, place) in plan.Places)
                {
                    there.TryAdd(chunk, place);
                }
            }
        }

        var places = Place(manifest, there, []);
        Need(places.Values);
        await SendPacksAsync(places, there, packs, left, cancellationToken).ConfigureAwait(false);
        foreach (var (prior, priorJson, chunks) in priors)
        {
            var lacking = Place(manifest, there, chunks);
            List<Digest> known = [.. TransferPlan.ChunksOf(manifest).Concat(TransferPlan.ChunksOf(ManifestSerializer.Deserialize(prior, priorJson))).Distinct()];
            _needed.Add(TransferPlan.KeyOf(model.Digest, prior));
            await PutAsync(TransferPlan.KeyOf(model.Digest, prior), TransferPlan.Write(json, priorJson, lacking, known), cancellationToken).ConfigureAwait(false);
        }

        await PutAsync(TransferPlan.KeyOf(model.Digest), TransferPlan.Write(json, [], places, [.. TransferPlan.ChunksOf(manifest).Distinct()]), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where chunks are, or will be, on the cluster, with those that they are decoded with.</summary>
    private Dictionary<Digest, ChunkLocation> Place(ModelManifest manifest, Dictionary<Digest, ChunkLocation> there, HashSet<Digest> known)
    {
        var places = new Dictionary<Digest, ChunkLocation>();
        foreach (var chunk in TransferPlan.ChunksOf(manifest))
        {
            for (Digest? next = chunk; next is { } needed && !known.Contains(needed) && !places.ContainsKey(needed);)
            {
                var place = there.TryGetValue(needed, out var found)
                    ? found
                    : index.FindChunk(needed) ?? throw new ContentCorruptedException(needed, "index.db", "the chunk is not in the store");
                places.Add(needed, place);
                next = place.Base?.Chunk;
            }
        }

        return places;
    }

    private async ValueTask SendPacksAsync(
        Dictionary<Digest, ChunkLocation> places,
        Dictionary<Digest, ChunkLocation> there,
        Dictionary<Digest, bool> packs,
        Action<int, long> left,
        CancellationToken cancellationToken)
    {
        var lengths = index.ListPacks().ToDictionary(pack => pack.Digest, pack => pack.Length);
        var sending = places.Where(place => !there.ContainsKey(place.Key)).Select(place => place.Value.Pack).Distinct().Order().ToList();
        var lacking = new Queue<Digest>();
        foreach (var pack in sending)
        {
            if (!await HasAsync(pack, packs, cancellationToken).ConfigureAwait(false))
            {
                lacking.Enqueue(pack);
            }
        }

        while (lacking.TryPeek(out var pack))
        {
            left(lacking.Count, lacking.Sum(each => lengths.GetValueOrDefault(each)));
            await SendAsync(pack, cancellationToken).ConfigureAwait(false);
            packs[pack] = true;
            lacking.Dequeue();
        }
    }

    private void Need(IEnumerable<ChunkLocation> places) => _needed.UnionWith(places.Select(place => PackFormat.KeyOf(place.Pack)));

    // What a disk has damaged since is not handed on.
    private async ValueTask SendAsync(Digest pack, CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(pack);
        var content = local.TryOpen(key) ?? throw new ContentCorruptedException(pack, key, "the pack is missing");
        await using (content.ConfigureAwait(false))
        {
            if (new Digest(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) != pack)
            {
                throw new ContentCorruptedException(pack, key, "its bytes have changed, so it is not sent");
            }

            content.Position = 0;
            await tier.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SendSignaturesAsync(Digest manifest, CancellationToken cancellationToken)
    {
        var remote = new SignatureStore(tier);
        foreach (var (_, keyId, content) in await signatures.ListAsync(manifest, cancellationToken).ConfigureAwait(false))
        {
            _needed.Add(SignatureStore.KeyOf(manifest, keyId));
            await remote.PutAsync(manifest, keyId, content, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A version's plan, if the cluster has it and all the packs in it.</summary>
    private async ValueTask<PlacedManifest?> FindPlanAsync(Digest manifest, Dictionary<Digest, bool> packs, CancellationToken cancellationToken)
    {
        var bytes = await reader.ReadWholeAsync(tier, TransferPlan.KeyOf(manifest), TransferPlan.MaxLength, cancellationToken).ConfigureAwait(false);
        if (bytes is null || TransferPlan.TryRead(bytes, manifest, [], []) is not { } plan)
        {
            return null;
        }

        foreach (var pack in plan.Places.Values.Select(place => place.Pack).Distinct())
        {
            if (!await HasAsync(pack, packs, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return plan;
    }

    // What was found there, and is on no list, a collection may have deleted from beginning to end meanwhile.
    private async ValueTask<bool> HasAllAsync(CancellationToken cancellationToken)
    {
        foreach (var key in _needed)
        {
            if (await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> HasAsync(Digest pack, Dictionary<Digest, bool> packs, CancellationToken cancellationToken)
    {
        if (!packs.TryGetValue(pack, out var has))
        {
            packs[pack] = has = await tier.GetLengthAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false) is not null;
        }

        return has;
    }

    // A plan that is there and does not hold any more gives way.
    private async ValueTask PutAsync(string key, byte[] plan, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(plan, writable: false);
        if (!await tier.PutAsync(key, content, cancellationToken).ConfigureAwait(false))
        {
            await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            content.Position = 0;
            await tier.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        }
    }

    // What a cluster has had under the name is there, though no name may mean it here any more.
    private IEnumerable<Digest> ListRelated(ModelInfo model) => index.ListSeen(model.Reference.Name, MaxRelated + 1)
        .Concat(index.ListNearestVersions(model.Reference.Name, MaxRelated + 1))
        .Where(digest => digest != model.Digest)
        .Distinct()
        .Take(MaxRelated);
}
