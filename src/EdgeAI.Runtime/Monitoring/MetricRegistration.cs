namespace EdgeAI.Monitoring;

/// <summary>A metric that rules of an instance can be about.</summary>
/// <param name="Instance">The instance's name; null for the default one.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Units">What thresholds for it are written in.</param>
/// <param name="Create">Makes it, when a rule is about it.</param>
internal sealed record MetricRegistration(string? Instance, string Name, IReadOnlyList<MonitoringUnit> Units, Func<IServiceProvider, IMonitoringMetric> Create);
