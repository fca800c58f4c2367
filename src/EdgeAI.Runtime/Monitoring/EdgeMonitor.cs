using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Monitoring;

/// <summary>Reads each rule's metric now and then, and begins and ends actions. Evaluations come one after the other. See the readme beside.</summary>
internal sealed partial class EdgeMonitor : IEdgeMonitor, IAsyncDisposable, IDisposable
{
    private readonly HashSet<object> _parts = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _events;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Queue<MonitoringEvent> _history = [];
    private volatile IReadOnlyList<WatchedRule> _rules;
    private volatile MonitoringOptions _options;
    private CancellationTokenSource? _end;
    private Task _running = Task.CompletedTask;
    private bool _isStarted;

    /// <param name="rules">The rules, with their metrics and actions.</param>
    /// <param name="options">How often they are looked at, and how many events are kept.</param>
    /// <param name="meter">The instance's meter.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what rules do.</param>
    public EdgeMonitor(IEnumerable<WatchedRule> rules, MonitoringOptions options, Meter meter, TimeProvider time, ILogger logger)
    {
        _rules = [.. rules];
        NoteParts(_rules);
        _options = options;
        _time = time;
        _logger = logger;
        _events = meter.CreateCounter<long>(TelemetryInstruments.MonitoringEvents, "{event}", "What rules did.");
        meter.CreateObservableGauge(TelemetryInstruments.MonitoringReading, () => Observe(state => state.Reading), "1", "What a rule read last.");
        meter.CreateObservableGauge(TelemetryInstruments.MonitoringActive, () => Observe(state => state.IsActive ? 1 : 0), "1", "Whether a rule holds now.");
    }

    public IReadOnlyList<MonitoringRuleState> Rules => [.. _rules.Select(rule => rule.State)];

    public IReadOnlyList<MonitoringEvent> History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history];
            }
        }
    }

    public event Action<MonitoringEvent>? Changed;

    /// <summary>What brings other rules, and ends with this; null for nothing.</summary>
    public IAsyncDisposable? Reload { get; set; }

    /// <summary>Begins to look, where there is a rule, or when there is one.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isStarted = true;
            Run_NeedsLock();
        }
    }

    /// <summary>Goes by other rules from now on. Those that are as before stay as they are, and what the others hold ends.</summary>
    /// <returns>How many rules there are.</returns>
    public async ValueTask<int> ReplaceAsync(Func<IReadOnlyList<WatchedRule>> make, MonitoringOptions options, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = _rules.ToList();
            var after = new List<WatchedRule>();
            foreach (var rule in make())
            {
                var same = before.Find(other => other.Rule == rule.Rule && other.Metric == rule.Metric && other.Action == rule.Action);
                after.Add(same ?? rule);
                _ = same is not null && before.Remove(same);
            }

            NoteParts(after);
            (_rules, _options) = (after, options);
            foreach (var gone in before.Where(rule => rule.HasBegun))
            {
                Tell(await ActAsync(gone, MonitoringEventKind.Cleared, gone.State.Reading, CancellationToken.None).ConfigureAwait(false));
            }
        }
        finally
        {
            _one.Release();
        }

        lock (_lock)
        {
            Run_NeedsLock();
        }

        return _rules.Count;
    }

    public async ValueTask EvaluateAsync(CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var rule in _rules)
            {
                await EvaluateAsync(rule, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends looking, and the actions that hold.</summary>
    public async ValueTask StopAsync()
    {
        CancellationTokenSource? end;
        lock (_lock)
        {
            (_isStarted, end, _end) = (false, _end, null);
        }

        if (end is not null)
        {
            await end.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end.Dispose();
        }

        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var rule in _rules.Where(rule => rule.HasBegun))
            {
                await EndAsync(rule, new MonitoringContext(rule.Rule, null, rule.ReadAsync), CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A container knows it under two types, and ends it for each.
        if (Reload is { } reload)
        {
            Reload = null;
            await reload.DisposeAsync().ConfigureAwait(false);
        }

        await StopAsync().ConfigureAwait(false);
        foreach (var part in _parts)
        {
            if (part is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (part as IDisposable)?.Dispose();
            }
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Run_NeedsLock()
    {
        if (_isStarted && _rules.Count > 0 && _end is null)
        {
            var end = _end = new CancellationTokenSource();
            _running = Task.Run(() => RunAsync(end.Token));
        }
    }

    private void NoteParts(IEnumerable<WatchedRule> rules) => _parts.UnionWith(rules.SelectMany(rule => (object[])[rule.Metric, rule.Action]));

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        // It works for all, and on when what started it is long over.
        Activity.Current = null;
        using var timer = new PeriodicTimer(_options.Interval, _time);
        do
        {
            await EvaluateAsync(cancellationToken).ConfigureAwait(false);
            timer.Period = _options.Interval;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask EvaluateAsync(WatchedRule rule, CancellationToken cancellationToken)
    {
        double? reading;
        try
        {
            reading = await rule.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // An app's own metric may throw anything; the other rules go on, and the log tells.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNoReading(_logger, rule.Rule, exception);
            return;
        }

        if (rule.Take(reading) is { } kind)
        {
            Tell(await ActAsync(rule, kind, reading, cancellationToken).ConfigureAwait(false));
        }
    }

    private async ValueTask<MonitoringEvent> ActAsync(WatchedRule rule, MonitoringEventKind kind, double? reading, CancellationToken cancellationToken)
    {
        var at = _time.GetUtcNow();
        if (rule.Rule.IsDryRun)
        {
            return new MonitoringEvent(kind, rule.Rule, reading, kind == MonitoringEventKind.Cleared ? $"would end {rule.Rule.Action}" : $"would begin {rule.Rule.Action}", at);
        }

        using var activity = RuntimeTelemetry.Activities.StartActivity(TelemetryActivities.MonitoringAction);
        activity?.SetTag(TelemetryTags.Metric, rule.Rule.Metric).SetTag(TelemetryTags.Action, rule.Rule.Action);
        var context = new MonitoringContext(rule.Rule, reading, rule.ReadAsync);
        try
        {
            var outcome = kind == MonitoringEventKind.Cleared ? await EndAsync(rule, context, cancellationToken).ConfigureAwait(false) : await rule.Action.BeginAsync(context, cancellationToken).ConfigureAwait(false);
            rule.HasBegun = kind != MonitoringEventKind.Cleared;
            return new MonitoringEvent(kind, rule.Rule, reading, outcome, at);
        }
#pragma warning disable CA1031 // Whatever an action fails with is told, and it is tried again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            return new MonitoringEvent(kind, rule.Rule, reading, $"it failed: {exception.Message}", at) { Error = exception };
        }
    }

    // What several rules hold ends with the last.
    private async ValueTask<string> EndAsync(WatchedRule rule, MonitoringContext context, CancellationToken cancellationToken)
    {
        if (!rule.HasBegun)
        {
            return "nothing to end";
        }

        rule.HasBegun = false;
        return _rules.FirstOrDefault(other => other.HasBegun && other.Action == rule.Action) is { } holder
            ? $"'{holder.Rule}' holds it still"
            : await rule.Action.EndAsync(context, cancellationToken).ConfigureAwait(false);
    }

    private void Tell(MonitoringEvent told)
    {
        lock (_lock)
        {
            _history.Enqueue(told);
            while (_history.Count > _options.HistoryLength)
            {
                _history.Dequeue();
            }
        }

        _events.Add(1, new(TelemetryTags.Metric, told.Rule.Metric), new(TelemetryTags.Action, told.Rule.Action), new(TelemetryTags.Event, NameOf(told.Kind)));
        Log(told);
        foreach (var handler in (Changed?.GetInvocationList() ?? []).Cast<Action<MonitoringEvent>>())
        {
            try
            {
                handler(told);
            }
#pragma warning disable CA1031 // A handler that fails must not keep rules from acting; the log tells.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogHandlerFailed(_logger, exception);
            }
        }
    }

    private static string NameOf(MonitoringEventKind kind) => kind switch
    {
        MonitoringEventKind.Fired => "fired",
        MonitoringEventKind.Repeated => "repeated",
        _ => "cleared",
    };

    private IEnumerable<Measurement<double>> Observe(Func<MonitoringRuleState, double?> value) => _rules
        .Select(rule => rule.State)
        .Where(state => value(state) is not null)
        .Select(state => new Measurement<double>(value(state)!.Value, new(TelemetryTags.Metric, state.Rule.Metric), new(TelemetryTags.Action, state.Rule.Action)));
}
