using EdgeAI.Inference;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>The share of the memory budget that is reserved, of the kind that is filled most; or private bytes.</summary>
internal sealed class MemoryUsageMetric(IInferenceEngine engine) : IMonitoringMetric
{
    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default)
    {
        var memory = engine.GetMemory();
        return ValueTask.FromResult<double?>(rule.Threshold.Unit == MonitoringUnit.Bytes
            ? memory.Reserved.Private
            : Math.Max(Share(memory.Reserved.Private, memory.Budget.Private), Math.Max(Share(memory.Reserved.Mapped, memory.Budget.Mapped), Share(memory.Reserved.Device, memory.Budget.Device))));
    }

    private static double Share(long reserved, long limit) => limit is 0 or long.MaxValue ? 0 : (double)reserved / limit;
}
