using EdgeAI.Storage;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>The share that is used of the store's fullest disk, or the bytes.</summary>
internal sealed class DiskUsageMetric(IModelStore store) : IMonitoringMetric
{
    public async ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default)
    {
        if (store is not IStorageControl control)
        {
            return null;
        }

        var fullest = (await control.GetDisksAsync(cancellationToken).ConfigureAwait(false)).MaxBy(disk => disk.Used);
        return rule.Threshold.Unit == MonitoringUnit.Bytes ? fullest?.Capacity.TotalBytes - fullest?.Capacity.AvailableBytes : fullest?.Used;
    }
}
