namespace EdgeAI.DependencyInjection;

/// <summary>Marks that an instance's start-up is registered, so that a repeated call does not start it twice.</summary>
internal sealed record InstanceStartup(string? Name);
