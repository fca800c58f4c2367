namespace EdgeAI.Monitoring;

/// <summary>A rule as it is now. A snapshot.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsActive">Whether it holds.</param>
/// <param name="Reading">What it read last, in the unit of its threshold; null for nothing.</param>
/// <param name="Since">Since when it is as it is; null before it has fired for the first time.</param>
public sealed record MonitoringRuleState(MonitoringRule Rule, bool IsActive, double? Reading, DateTimeOffset? Since);
