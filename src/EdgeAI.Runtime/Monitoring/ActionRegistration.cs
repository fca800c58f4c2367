namespace EdgeAI.Monitoring;

/// <summary>Something that rules of an instance can do.</summary>
/// <param name="Instance">The instance's name; null for the default one.</param>
/// <param name="Name">The action's name.</param>
/// <param name="Create">Makes it, when a rule wants it.</param>
internal sealed record ActionRegistration(string? Instance, string Name, Func<IServiceProvider, IMonitoringAction> Create);
