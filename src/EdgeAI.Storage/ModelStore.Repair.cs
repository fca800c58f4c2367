using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Nodes;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <summary>Opens the objects of a store in another directory, such as a backup, for <see cref="RepairAsync"/> to take from. Packs that it keeps on a warm or a cold tier elsewhere are read from there.</summary>
    /// <param name="directory">That store's directory.</param>
    /// <exception cref="DirectoryNotFoundException">There is no store in it.</exception>
    /// <exception cref="StorageTierUnavailableException">A directory in which it keeps packs is not there: what is only there would count as lost.</exception>
    public static IStorageTier OpenObjects(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var objects = new StoreDirectory(directory).Objects;
        if (!Directory.Exists(objects))
        {
            throw new DirectoryNotFoundException($"There is no store in '{directory}': it has no folder 'objects'.");
        }

        const string Name = "copy";
        var packs = TierMarkers.ReadPacks(Path.GetFullPath(directory));
        if (packs.Count == 0)
        {
            return new LocalDirectoryTier(Name, objects);
        }

        var markers = new TierMarkers(Path.GetFullPath(directory), packs, hot: null);
        markers.Require();
        return new LocalObjects(Name, objects, [.. packs.Select(place => Path.Combine(place, StoreDirectory.ObjectsName))], markers);
    }

    /// <inheritdoc/>
    public async ValueTask<RepairReport> RepairAsync(IStorageTier? copy = null, CancellationToken cancellationToken = default)
    {
        var report = await RunInEpochAsync(
            async epoch =>
            {
                await CodecSelfTest.RequireAsync().ConfigureAwait(false);
                using var exclusive = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
                var repairer = new StoreRepairer(_directory, _index, _tier, _manifests, _chunks, _codecs, _wait);
                return await repairer.RunAsync_NeedsLock(copy, epoch.Epoch, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        LogRepaired(_logger, report.ChunksRepaired, report.PacksRewritten);
        foreach (var problem in report.Unrepaired)
        {
            LogProblem(_logger, problem.Location, problem.Description);
        }

        return report;
    }

    // Hot files that are there serve on, whatever became of what they were made from.
    private async Task<IHotModel> MaterializeInEpochAsync(ModelReference model, bool isUse, CancellationToken cancellationToken, HttpNodeTier? node = null)
    {
        var digest = (await RequireTrustedAsync(model, cancellationToken).ConfigureAwait(false)).Digest;
        try
        {
            var wasHot = Directory.Exists(_directory.HotModel(digest));
            Func<IHotSource, ModelManifest, IHotSource>? over = node is null
                ? null
                : (own, manifest) => new NodeHotSource(own, digest, manifest, node, _time, problem => LogNodeGivenUp(_logger, node.Name, model, problem));
            var leased = await _telemetry.Materialize.MeasureAsync(model, () => _hot.LeaseAsync(digest, over, cancellationToken).AsTask()).ConfigureAwait(false);
            if (isUse)
            {
                _telemetry.NoteRequest(wasHot);
                NoteUse(digest, leased.Manifest.TotalLength);
            }

            return leased;
        }
        catch (ContentCorruptedException)
        {
            if (await _manifests.TryReadIntactAsync(digest, cancellationToken).ConfigureAwait(false) is not null)
            {
                RequireWhole(model, await _manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false));
            }

            throw;
        }
    }

    private void RequireWhole(ModelReference model, ModelManifest manifest)
    {
        var quarantined = _index.ListQuarantined();
        if (quarantined.Count == 0)
        {
            return;
        }

        var missing = ChunkUsers.FindNeeded(manifest, _index.ListBases()).Where(quarantined.ContainsKey).ToList();
        if (missing.Count > 0)
        {
            throw new ModelQuarantinedException(model, missing, _directory.Quarantine);
        }
    }
}
