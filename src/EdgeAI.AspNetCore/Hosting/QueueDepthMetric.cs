using EdgeAI.Inference;
using EdgeAI.Monitoring;

namespace EdgeAI.AspNetCore.Hosting;

/// <summary>How many runs wait: for devices, and for their turn here.</summary>
/// <param name="find">Finds the instance, when it is first read: what serves knows the monitor, which has this.</param>
internal sealed class QueueDepthMetric(Func<ServingInstance> find) : IMonitoringMetric
{
    private readonly Lazy<ServingInstance> _instance = new(find);

    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<double?>(((_instance.Value.Engine as IEngineControl)?.WaitingRuns ?? 0) + _instance.Value.Runner.Waiting);
}
