using Microsoft.Extensions.Configuration;

namespace EdgeAI.DependencyInjection;

/// <summary>Where options of an instance come from, so that its changes are heard.</summary>
/// <param name="Instance">The instance's name; null for the default one.</param>
/// <param name="Find">Finds it; null when the app has none.</param>
internal sealed record InstanceConfiguration(string? Instance, Func<IServiceProvider, IConfiguration?> Find);
