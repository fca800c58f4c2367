namespace EdgeAI.Monitoring;

/// <summary>A rule, its metric and its action, and how it is. It belongs to the one evaluation that goes on; what others read is a snapshot.</summary>
internal sealed class WatchedRule(MonitoringRule rule, IMonitoringMetric metric, IMonitoringAction action, TimeProvider time)
{
    private long? _changedAt;
    private long _actedAt;
    private volatile MonitoringRuleState _state = new(rule, false, null, null);

    public MonitoringRule Rule => rule;

    public IMonitoringAction Action => action;

    public MonitoringRuleState State => _state;

    /// <summary>Whether its action was begun, and not ended since.</summary>
    public bool HasBegun { get; set; }

    public IMonitoringMetric Metric => metric;

    public ValueTask<double?> ReadAsync(CancellationToken cancellationToken) => metric.ReadAsync(rule, cancellationToken);

    /// <summary>Takes a reading, and says what follows from it.</summary>
    /// <returns>Null when nothing does.</returns>
    public MonitoringEventKind? Take(double? reading)
    {
        _state = _state with { Reading = reading };
        if (!_state.IsActive)
        {
            return reading > rule.Threshold.Value && HasDwelled(_changedAt) ? Change(true) : null;
        }

        // No reading says that nothing goes on that could be too much, and who waits for one might wait for ever.
        if ((reading is null || reading <= rule.ClearsAt) && HasDwelled(_changedAt))
        {
            return Change(false);
        }

        if (reading > rule.Threshold.Value && !rule.IsDryRun && (action.Repeats || !HasBegun) && HasDwelled(_actedAt))
        {
            _actedAt = time.GetTimestamp();
            return MonitoringEventKind.Repeated;
        }

        return null;
    }

    private MonitoringEventKind Change(bool isActive)
    {
        var now = time.GetTimestamp();
        (_changedAt, _actedAt) = (now, now);
        _state = _state with { IsActive = isActive, Since = time.GetUtcNow() };
        return isActive ? MonitoringEventKind.Fired : MonitoringEventKind.Cleared;
    }

    private bool HasDwelled(long? since) => since is not { } then || time.GetElapsedTime(then) >= rule.MinimumDwell;
}
