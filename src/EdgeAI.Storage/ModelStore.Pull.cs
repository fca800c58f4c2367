using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Transfers;
using EdgeAI.Storage.Trust;
using EdgeAI.Transfers;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    // An interrupted pull is gone on with for so long.
    private static readonly TimeSpan IncomingLife = TimeSpan.FromDays(7);

    private readonly bool _pullsOnUse;
    private readonly SharedPulls _pulls = new();

    /// <inheritdoc/>
    public async ValueTask<PullResult> PullAsync(
        ModelReference model,
        string? from = null,
        IProgress<PullProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunAsync(() => PullAsync(model, from, TransferPriority.Normal, laysOut: false, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ModelInfo> ResolveAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunLocalAsync(model, () => Task.FromResult(Require(model)), cancellationToken, isLoad: true).ConfigureAwait(false);
    }

    /// <summary>Runs an operation on a model, which is pulled first when only a cluster has it.</summary>
    private Task<T> RunLocalAsync<T>(ModelReference model, Func<Task<T>> operation, CancellationToken cancellationToken, bool isLoad = false) => RunAsync(
        async () =>
        {
            if (_pullsOnUse && _clusters.Members.Count > 0 && _index.FindModel(model) is null)
            {
                await PullAsync(model, null, TransferPriority.Critical, isLoad, null, cancellationToken).ConfigureAwait(false);
            }

            return await operation().ConfigureAwait(false);
        },
        cancellationToken);

    private Task<T> RunLocalInEpochAsync<T>(ModelReference model, Func<Task<T>> operation, CancellationToken cancellationToken, bool isLoad = false) => RunLocalAsync(
        model,
        async () =>
        {
            using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
            return await operation().ConfigureAwait(false);
        },
        cancellationToken,
        isLoad);

    private async Task<PullResult> PullAsync(
        ModelReference model,
        string? only,
        TransferPriority priority,
        bool laysOut,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        var result = await _telemetry.Pull.MeasureAsync(model, () => PullPacedAsync(model, only, priority, laysOut, progress, cancellationToken)).ConfigureAwait(false);
        _telemetry.NotePulled(result.BytesMoved, priority == TransferPriority.Critical);
        return result;
    }

    private async Task<PullResult> PullPacedAsync(
        ModelReference model,
        string? only,
        TransferPriority priority,
        bool laysOut,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        var transfer = await _transfers.BeginAsync(TransferDirection.Down, priority, cancellationToken).ConfigureAwait(false);
        var requests = new PacedRequests(transfer);
        await using (requests.ConfigureAwait(false))
        {
            var clusters = _clusters.Begin(only, requests);
            if (model.Digest is not null && _index.FindModel(model) is { } here && await FindLocalAsync(here.Digest, cancellationToken).ConfigureAwait(false) is not null)
            {
                return new PullResult(here, true, 0, 0);
            }

            var (from, name, digest) = model.Digest is { } version
                ? (null, ModelReference.Parse($"{model.Name}:sha256-{version.Hex}"), version)
                : await FindNameAsync(model, clusters, cancellationToken).ConfigureAwait(false);
            await requests.BeginAsync((int)clusters.Bytes, cancellationToken).ConfigureAwait(false);
            using var shared = _pulls.Join(digest, transfer);
            var result = await PullAsync(model, name, digest, new ClusterChange([], from, NowInMilliseconds()), clusters, requests, laysOut, progress, cancellationToken).ConfigureAwait(false);
            LogPulled(_logger, model, digest, result.BytesMoved);
            return result;
        }
    }

    private async Task<PullResult> PullAsync(
        ModelReference model,
        ModelReference name,
        Digest digest,
        ClusterChange change,
        ClusterReader clusters,
        PacedRequests requests,
        bool laysOut,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        // Of several who pull one version one does the work, for as long as that takes, and the others find it done.
        var wait = _wait with { Timeout = TimeSpan.MaxValue };
        using var single = await FileLock.AcquireExclusiveAsync(_directory.PullLock(digest), wait, cancellationToken).ConfigureAwait(false);
        using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
        _tier.RequireDisks();
        var folder = _directory.IncomingModel(digest);
        var map = new ClusterMap(clusters, _index, _manifests);
        var placed = await FindLocalAsync(digest, cancellationToken).ConfigureAwait(false)
            ?? await map.FindAsync(model, digest, cancellationToken).ConfigureAwait(false)
            ?? throw (model.Digest is null
                ? new ContentCorruptedException(digest, ManifestSerializer.KeyOf(digest), $"no cluster has the manifest of '{model}'")
                : NotFound(model));

        // Where they count they come first. Where not, a cluster that can't list them is not left alone for it while a cache before it has all else.
        var signatures = _trust.IsRequired ? await ReadSignaturesAsync(model, digest, clusters, cancellationToken).ConfigureAwait(false) : null;
        PullResult result;
        var incoming = await IncomingPacks.OpenAsync(folder, _tier, _pullChunks, _trust.IsRequired, cancellationToken).ConfigureAwait(false);
        await using (incoming.ConfigureAwait(false))
        {
            var samples = _index.HasTensors(digest) ? null : new TensorSamples(placed.Manifest, _index);
            var pull = new ClusterPull(clusters, map, _index, incoming, samples, laysOut && !_index.HasManifest(digest) ? _hot : null, progress, _logger);
            await using var _ = pull.ConfigureAwait(false);
            await pull.RunAsync(model, digest, placed, cancellationToken).ConfigureAwait(false);

            // Beside the packs' way to the disk: what is laid out counts only when the index knows the model.
            incoming.EndPack();
            var layingOut = pull.LayOutAsync(digest, cancellationToken);
            try
            {
                signatures ??= await ReadSignaturesAsync(model, digest, clusters, cancellationToken).ConfigureAwait(false);
                await requests.CompleteAsync(cancellationToken).ConfigureAwait(false);
                var packs = await incoming.CompleteAsync().ConfigureAwait(false);
                var tensors = samples is null ? [] : await samples.ReadAsync(incoming, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, CancellationToken.None).ConfigureAwait(false);
                await PutSignaturesAsync(digest, signatures).ConfigureAwait(false);
                var fresh = packs.SelectMany(pack => pack.Entries).Sum(entry => (long)entry.Length);
                var imported = await CommitAsync(name, digest, placed.Json, placed.Manifest, packs, tensors, fresh, change).ConfigureAwait(false);
                result = new PullResult(imported.Model, imported.WasPresent, clusters.Bytes, incoming.Resumed);
            }
            finally
            {
                // It reads the packs, and ends before they are closed.
                await layingOut.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await layingOut.ConfigureAwait(false);
        }

        Directory.Delete(folder, recursive: true);
        return result;
    }

    private async ValueTask<(string? From, ModelReference Name, Digest Digest)> FindNameAsync(ModelReference model, ClusterReader clusters, CancellationToken cancellationToken)
    {
        var key = NameStore.KeyOf(model);
        var found = clusters.Members.Count == 0 ? null : await clusters.AskAsync<Tuple<string, ModelInfo>>(
            [],
            $"find '{model}'",
            async (member, token) =>
                await clusters.ReadWholeAsync(member.Tier, key, SmallObject.MaxLength, token).ConfigureAwait(false) is { } bytes
                && NameObject.Deserialize(bytes) is { } name
                && name.Reference == model
                    ? Tuple.Create(member.Name, name)
                    : null,
            cancellationToken).ConfigureAwait(false);
        return found is null
            ? throw NotFound(model)
            : (found.Item1, model, found.Item2.Digest);
    }

    // A version that is here whole, perhaps since a moment ago, needs nothing of a cluster.
    private async ValueTask<PlacedManifest?> FindLocalAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (!_index.HasManifest(digest) || await _manifests.TryReadIntactAsync(digest, cancellationToken).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        var manifest = ManifestSerializer.Deserialize(digest, json);
        return TransferPlan.ChunksOf(manifest).All(_index.HasSoundChunk)
            ? new PlacedManifest(json, manifest, new Dictionary<Digest, Packs.ChunkLocation>())
            : null;
    }

    /// <summary>Reads who signed a version, and whether that is enough. A wrong signature is left where it is.</summary>
    private async ValueTask<IReadOnlyList<byte[]>> ReadSignaturesAsync(ModelReference model, Digest digest, ClusterReader clusters, CancellationToken cancellationToken)
    {
        IReadOnlyList<byte[]> signatures;
        try
        {
            signatures = await ReadSignaturesAsync(digest, $"read the signatures of '{model}'", clusters, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterUnavailableException) when (!_trust.IsRequired)
        {
            // One that can't be reached may have some; a version that needs none comes without.
            return [];
        }

        _trust.Require(model, digest, [.. signatures.Select(content => ((Digest?)null, content, "the cluster"))]);
        return signatures;
    }

    // Where they don't count, nobody waits for a slow primary to say that it has none either.
    private async ValueTask<IReadOnlyList<byte[]>> ReadSignaturesAsync(Digest digest, string action, ClusterReader clusters, CancellationToken cancellationToken)
    {
        var signatures = new List<byte[]>();
        foreach (var stored in await clusters.ListAsync(SignatureStore.Prefix + digest.Hex, action, cancellationToken, areOnlyWanted: !_trust.IsRequired).ConfigureAwait(false))
        {
            if (SignatureStore.TryParse(stored.Key, out _, out var keyId)
                && await clusters.ReadWholeAsync(
                    stored.Key,
                    SmallObject.MaxLength,
                    isCached: true,
                    bytes => SignatureObject.FindProblem(bytes, digest, keyId, out _) is null,
                    action,
                    cancellationToken).ConfigureAwait(false) is { } content)
            {
                signatures.Add(content);
            }
        }

        return signatures;
    }

    /// <summary>Deletes what interrupted pulls left, of versions that have come since or that nobody has gone on with.</summary>
    private void ClearIncoming()
    {
        if (!Directory.Exists(_directory.Incoming))
        {
            return;
        }

        foreach (var folder in new DirectoryInfo(_directory.Incoming).EnumerateDirectories())
        {
            if (Digest.TryParse($"sha256:{folder.Name}", null, out var digest))
            {
                using var single = FileLock.TryAcquireExclusive(_directory.PullLock(digest));
                folder.Refresh();
                if (single is not null && folder.Exists && (_index.HasManifest(digest) || _time.GetUtcNow() - folder.LastWriteTimeUtc > IncomingLife))
                {
                    folder.Delete(recursive: true);
                }
            }
        }
    }
}
