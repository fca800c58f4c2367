using System.Diagnostics.Metrics;
using EdgeAI.Telemetry;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>The share of runs that failed, of those that their callers did not cancel.</summary>
internal sealed class ErrorRateMetric(Meter meter, TimeProvider time) : IMonitoringMetric, IDisposable
{
    private readonly SlidingWindows<SlidingShare> _windows = new(window => new SlidingShare(window, time));
    private InstrumentListener? _listener;

    public void Watch(MonitoringRule rule)
    {
        _ = _windows.Of(rule);
        _listener ??= new InstrumentListener(meter, [TelemetryInstruments.RunDuration], (_, _, tags) =>
        {
            var outcome = InstrumentListener.Find(tags, TelemetryTags.Outcome);
            if (outcome != "cancelled")
            {
                _windows.ForEach(window => window.Record(outcome == "failed"));
            }
        });
    }

    public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => ValueTask.FromResult(_windows.Of(rule).Read(rule.MinimumSamples));

    public void Dispose() => _listener?.Dispose();
}
