namespace EdgeAI.Monitoring;

/// <summary>What a rule did.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Reading">What it read, in the unit of its threshold; null for nothing.</param>
/// <param name="Outcome">What was done, or would have been, or failed, in words.</param>
/// <param name="At">When.</param>
public sealed record MonitoringEvent(MonitoringEventKind Kind, MonitoringRule Rule, double? Reading, string Outcome, DateTimeOffset At)
{
    /// <summary>What the action failed with; null when it did not.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether nothing was done, because the rule only says what it would do.</summary>
    public bool IsDryRun => Rule.IsDryRun;
}
