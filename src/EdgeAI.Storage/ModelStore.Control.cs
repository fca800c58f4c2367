using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Placement;
using EdgeAI.Storage.Tiers;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage;

/// <summary>What monitoring reads and does.</summary>
public sealed partial class ModelStore : IStorageControl
{
    // Of no object: that there is none is an answer too.
    private const string ProbeKey = "probes/none";

    private DateTimeOffset? _roomMadeAt;

    /// <inheritdoc/>
    public IReadOnlyList<ClusterStatus> Clusters => [.. _clusters.Members.Select(member => new ClusterStatus(member.Name, member.Circuit.IsUsable))];

    /// <inheritdoc/>
    public bool PrefersBackup
    {
        get => _clusterOrder.PrefersBackup;
        set => _clusterOrder.PrefersBackup = value;
    }

    /// <inheritdoc/>
    public async ValueTask<TimeSpan?> ProbePrimaryAsync(CancellationToken cancellationToken = default)
    {
        if (_clusters.Members.Count == 0)
        {
            return null;
        }

        var started = _time.GetTimestamp();
        await _clusters.ProbeAsync(_clusters.Members[0], ProbeKey, cancellationToken).ConfigureAwait(false);
        return _time.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StorageDisk>> GetDisksAsync(CancellationToken cancellationToken = default) => await RunAsync(
        () =>
        {
            var tiers = new List<(string Tier, string Directory)> { ("hot", _directory.Hot), ("warm", _directory.WarmObjects) };
            if (_directory.ColdObjects is { } cold)
            {
                tiers.Add(("cold", cold));
            }

            return Task.FromResult(StoreDisks.Find(tiers));
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<StorageRoom> MakeRoomAsync(long bytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        var room = await RunAsync(
            async () =>
            {
                using var exclusive = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
                var placer = new ModelPlacer(_index, _tier, _manifests, _hot, _hotRoom, _pinned, _uses, _warmPolicy, _tiers, null, _time);
                return await placer.MakeRoomAsync_NeedsLock(bytes, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        _roomMadeAt = room.PacksDemoted > 0 ? _time.GetUtcNow() : _roomMadeAt;
        _telemetry.NotePlaced(new PlacementReport(room.HotModelsDropped, room.PacksDemoted, 0, room.Bytes, []));
        LogPlaced(_logger, room.HotModelsDropped, room.PacksDemoted, 0, room.Bytes);
        return room;
    }

    // Whoever collects figures neither opens the store nor hears of its troubles; a call does.
    private StorageBacklog? LookIntoOutbox()
    {
        try
        {
            return IsOpen() ? new StorageBacklog([.. _index.ListOutbox().Select(entry => entry.State)]) : null;
        }
        catch (Exception exception) when (exception is SqliteException or IOException)
        {
            return null;
        }
    }
}
