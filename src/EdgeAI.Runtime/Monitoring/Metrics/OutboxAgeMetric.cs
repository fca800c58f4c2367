using EdgeAI.Storage;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>How long the oldest of what is still to go to a cluster has waited; zero when nothing is.</summary>
internal sealed class OutboxAgeMetric(IModelStore store, TimeProvider time) : IMonitoringMetric
{
    public async ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) =>
        (await store.GetBacklogAsync(cancellationToken).ConfigureAwait(false)).Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0;
}
