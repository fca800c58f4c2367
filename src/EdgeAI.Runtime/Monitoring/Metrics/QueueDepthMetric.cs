using EdgeAI.Inference;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>How many runs wait for devices.</summary>
internal sealed class QueueDepthMetric(IInferenceEngine engine) : IMonitoringMetric
{
    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => ValueTask.FromResult<double?>((engine as IEngineControl)?.WaitingRuns);
}
