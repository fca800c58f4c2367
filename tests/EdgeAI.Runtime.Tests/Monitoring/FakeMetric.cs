using EdgeAI.Monitoring;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>A metric that reads what the test says.</summary>
internal sealed class FakeMetric : IMonitoringMetric
{
    public double? Reading { get; set; }

    public Exception? Failure { get; set; }

    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) =>
        Failure is null ? ValueTask.FromResult(Reading) : ValueTask.FromException<double?>(Failure);
}
