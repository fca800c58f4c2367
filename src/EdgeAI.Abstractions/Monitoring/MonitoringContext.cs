namespace EdgeAI.Monitoring;

/// <summary>Why an action is called.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Reading">What it read; null when the metric had no reading, which ends an action.</param>
/// <param name="ReadAgainAsync">Reads the metric again, for actions that go on until it is low enough.</param>
public sealed record MonitoringContext(MonitoringRule Rule, double? Reading, Func<CancellationToken, ValueTask<double?>> ReadAgainAsync);
