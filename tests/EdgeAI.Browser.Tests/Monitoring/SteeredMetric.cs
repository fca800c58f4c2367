using EdgeAI.Monitoring;

namespace EdgeAI.Browser.Tests.Monitoring;

/// <summary>An app's own metric, which reads what a test wants.</summary>
internal sealed class SteeredMetric(Dial dial) : IMonitoringMetric
{
    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => ValueTask.FromResult<double?>(dial.Reading);
}
