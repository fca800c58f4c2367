using System.Diagnostics.Metrics;
using EdgeAI.Storage;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Monitoring.Metrics;

/// <summary>
/// How long the primary cluster takes to answer small requests; of a store without clusters, how long reads of packs take. A primary that nobody asks for anything is asked by the metric itself, so that it is known
/// to be slow before a load waits for it, and to be well again while reads go elsewhere. What fails counts as a minute.
/// </summary>
internal sealed partial class StorageLatencyMetric(IModelStore store, Meter meter, TimeProvider time, ILogger logger) : IMonitoringMetric, IDisposable
{
    private const double Unreachable = 60;
    private const int ProbesInWindow = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SlidingWindows<SlidingHistogram> _windows = new(window => new SlidingHistogram(window, time));
    private readonly IStorageControl? _control = store as IStorageControl;
    private readonly CancellationTokenSource _end = new();
    private InstrumentListener? _listener;
    private Task _probe = Task.CompletedTask;
    private string? _primary;

    public void Watch(MonitoringRule rule)
    {
        _ = _windows.Of(rule);
        _primary = _control is { Clusters: [var first, ..] } ? first.Name : null;
        _listener ??= new InstrumentListener(meter, [_primary is null ? TelemetryInstruments.TierReadDuration : TelemetryInstruments.ClusterRequestDuration], Hear);
    }

    public async ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default)
    {
        var window = _windows.Of(rule);
        if (_primary is not null && _probe.IsCompleted && !window.HasSince(rule.Window / ProbesInWindow))
        {
            // Mostly the answer is there at once; one that hangs holds the other rules up this once.
            _probe = Task.Run(ProbeAsync, CancellationToken.None);
            await _probe.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return window.Read(rule.Percentile, rule.MinimumSamples);
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener?.Dispose();
    }

    private void Hear(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_primary is null)
        {
            Note(value);
        }
        else if (InstrumentListener.Find(tags, TelemetryTags.Cluster) == _primary && InstrumentListener.Find(tags, TelemetryTags.Request) != "range")
        {
            var outcome = InstrumentListener.Find(tags, TelemetryTags.Outcome);
            if (outcome != "cancelled")
            {
                Note(outcome == "ok" ? value : Unreachable);
            }
        }
    }

    private void Note(double seconds) => _windows.ForEach(window => window.Record(seconds));

    // Its time is heard as that of any request.
    private async Task ProbeAsync()
    {
        try
        {
            await _control!.ProbePrimaryAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
        catch (EdgeAIException exception)
        {
            // One that is left alone for a while was not asked.
            Note(Unreachable);
            LogNoAnswer(logger, _primary!, exception.Message);
        }
    }

    [LoggerMessage(6, LogLevel.Debug, "The cluster {Cluster} does not answer: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string cluster, string reason);
}
