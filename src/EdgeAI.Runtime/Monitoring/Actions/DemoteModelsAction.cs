using EdgeAI.Storage;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Makes room on the store's disks: as much as the reading is too high, or a gigabyte where it is about something else.</summary>
internal sealed class DemoteModelsAction(IModelStore store) : IMonitoringAction
{
    private const double Some = 1e9;

    public bool Repeats => true;

    public async ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (store is not IStorageControl control)
        {
            return "nothing, because the store is an app's own that can't be told to";
        }

        var fullest = (await control.GetDisksAsync(cancellationToken).ConfigureAwait(false)).MaxBy(disk => disk.Used);
        var over = (context.Reading ?? context.Rule.Threshold.Value) - context.Rule.ClearsAt;
        var bytes = context.Rule is not { Metric: MonitoringMetrics.DiskUsage } ? Some
            : context.Rule.Threshold.Unit == MonitoringUnit.Bytes ? over
            : over * (fullest?.Capacity.TotalBytes ?? 0);
        var room = await control.MakeRoomAsync((long)Math.Max(1, bytes), cancellationToken).ConfigureAwait(false);
        return $"dropped the hot files of {room.HotModelsDropped} model(s) and sent {room.PacksDemoted} pack(s) to the cold tier, {room.Bytes / 1e6:0.#} MB of {bytes / 1e6:0.#} MB";
    }
}
