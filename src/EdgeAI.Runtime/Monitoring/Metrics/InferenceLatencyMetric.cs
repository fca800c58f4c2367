using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>How long runs take as their callers see it.</summary>
internal sealed class InferenceLatencyMetric(Meter meter, TimeProvider time) : IMonitoringMetric, IDisposable
{
    private readonly SlidingWindows<SlidingHistogram> _windows = new(window => new SlidingHistogram(window, time));
    private InstrumentListener? _listener;

    public void Watch(MonitoringRule rule)
    {
        _ = _windows.Of(rule);
        _listener ??= new InstrumentListener(meter, [TelemetryInstruments.RunDuration], (_, value, _) => _windows.ForEach(window => window.Record(value)));
    }

    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_windows.Of(rule).Read(rule.Percentile, rule.MinimumSamples));

    public void Dispose() => _listener?.Dispose();
}
