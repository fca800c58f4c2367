using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Placement;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    // Uses that make a working set.
    private const int WorkingSetUses = 100;

    private readonly UseLog _uses;
    private readonly PinStore _pins;
    private readonly PinnedModels _pinned;
    private readonly LearnedPolicy? _warmPolicy;
    private readonly HotRoom? _hotRoom;

    /// <summary>The store's objects, for benchmarks of tiers.</summary>
    internal LocalObjects LocalObjects => _tier;

    /// <inheritdoc/>
    public async ValueTask<PlacementReport> PlaceAsync(CancellationToken cancellationToken = default)
    {
        var report = await RunAsync(
            async () =>
            {
                using var exclusive = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
                return await PlaceAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (report is not { HotModelsDropped: 0, PacksDemoted: 0, PacksPromoted: 0 })
        {
            LogPlaced(_logger, report.HotModelsDropped, report.PacksDemoted, report.PacksPromoted, report.BytesMoved);
        }

        _telemetry.NotePlaced(report);
        foreach (var pack in report.Damaged)
        {
            LogProblem(_logger, pack, "The pack's content is not what its name says; it was not moved.");
        }

        return report;
    }

    private async Task<PlacementReport> PlaceAsync_NeedsLock(CancellationToken cancellationToken)
    {
        if (_tiers.Cold is not { Directory: not null, Compression: null or TierCompression.Stronger })
        {
            return await RunAsync(null).ConfigureAwait(false);
        }

        await CodecSelfTest.RequireAsync().ConfigureAwait(false);
        var rate = _tiers.Cold.CompressionRate is { } limit ? ByteSize.Parse(limit).Bytes : default(long?);
        PlacementReport report;
        using (var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            report = await RunAsync(new PackCompressor(_directory, _index, _tier, _chunks, _wait, epoch.Epoch, rate, _time)).ConfigureAwait(false);
        }

        // What was written anew leaves the warm tier when nobody can read it there any more; a collection takes what this does not.
        if (report.BytesSaved > 0)
        {
            _epochs.Advance_NeedsLock();
            await new ObjectSweeper(_directory, _index, _tier, _wait).RunAsync_NeedsLock(_epochs.FindLastOver_NeedsLock(), cancellationToken).ConfigureAwait(false);
        }

        return report;

        ValueTask<PlacementReport> RunAsync(PackCompressor? compressor) =>
            new ModelPlacer(_index, _tier, _manifests, _hot, _hotRoom, _pinned, _uses, _warmPolicy, _tiers, compressor, _time) { RoomMadeAt = _roomMadeAt }.RunAsync_NeedsLock(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelReference>> PrewarmAsync(IReadOnlyList<ModelReference>? models = null, CancellationToken cancellationToken = default)
    {
        models ??= await RunAsync(() => Task.FromResult(FindWorkingSet()), cancellationToken).ConfigureAwait(false);
        var warmed = new List<ModelReference>();
        foreach (var model in models)
        {
            try
            {
                if (await FindAsync(model, cancellationToken).ConfigureAwait(false) is null)
                {
                    await PullAsync(model, cancellationToken: cancellationToken).ConfigureAwait(false);
                }

                (await RunLocalInEpochAsync(model, () => MaterializeInEpochAsync(model, isUse: false, cancellationToken), cancellationToken).ConfigureAwait(false)).Dispose();
                warmed.Add(model);
            }
            catch (EdgeAIException exception)
            {
                LogNotPrewarmed(_logger, model, exception);
            }
        }

        return warmed;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelPlacement>> ListPlacementsAsync(CancellationToken cancellationToken = default) => await RunInEpochAsync(
        async _ =>
        {
            var models = _index.ListModels();
            var lastUsed = _uses.Read().Uses.GroupBy(use => use.Model, use => use.At).ToDictionary(model => model.Key, model => model.Max());
            var pinned = await _pins.ListAsync(cancellationToken).ConfigureAwait(false);
            var places = _index.ListPlacedChunks().ToDictionary(chunk => chunk.Chunk, chunk => chunk.Location);
            var cold = await _tier.ListColdAsync(cancellationToken).ConfigureAwait(false);
            var bases = _index.ListBases();
            var placements = new List<ModelPlacement>();
            foreach (var model in models)
            {
                var json = await _manifests.TryReadIntactAsync(model.Digest, cancellationToken).ConfigureAwait(false);
                var bytes = (json is null ? [] : ChunkUsers.FindNeeded(ManifestSerializer.Deserialize(model.Digest, json), bases))
                    .Where(places.ContainsKey)
                    .ToLookup(chunk => cold.Contains(PackFormat.KeyOf(places[chunk].Pack)), chunk => (long)places[chunk].StoredLength);
                DateTimeOffset? at = lastUsed.TryGetValue(model.Digest, out var found) ? found : null;
                placements.Add(new ModelPlacement(model.Reference, _hot.GetLength(model.Digest), bytes[false].Sum(), bytes[true].Sum(), pinned.Contains(model.Reference), at) { IsDamaged = json is null });
            }

            return (IReadOnlyList<ModelPlacement>)placements;
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> PinAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        RequireTag(model);
        return await RunAsync(
            async () =>
            {
                // A collection clears what is being written, unless it is kept away.
                using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, cancellationToken).ConfigureAwait(false);
                _ = Require(model);
                return await _pins.AddAsync(model, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> UnpinAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        RequireTag(model);
        return await RunAsync(() => _pins.RemoveAsync(model, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    // What was used last, the most often first, as much as there is room for.
    private IReadOnlyList<ModelReference> FindWorkingSet()
    {
        var names = _index.ListModels().GroupBy(model => model.Digest).ToDictionary(version => version.Key, version => version.First().Reference);
        var room = _tiers.Hot.Capacity is { } capacity ? ByteSize.Parse(capacity).Bytes : long.MaxValue;
        return
        [
            .. from model in _uses.Read().Uses.TakeLast(WorkingSetUses).GroupBy(use => use.Model)
               where names.ContainsKey(model.Key)
               orderby model.Count() descending, model.Max(use => use.At) descending
               where (room -= model.Last().Length) >= 0
               select names[model.Key],
        ];
    }

    private async ValueTask MakeRoomAsync(Digest model, ModelManifest manifest, CancellationToken cancellationToken)
    {
        if (_hotRoom is not null)
        {
            await _hotRoom.MakeAsync(model, manifest.TotalLength, cancellationToken).ConfigureAwait(false);
        }
    }

    private void NoteUse(Digest model, long length) => _uses.Add(new UseRecord(model, _time.GetUtcNow(), length));
}
