using EdgeAI;
using EdgeAI.Configuration;
using EdgeAI.DependencyInjection;
using EdgeAI.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

#pragma warning disable IDE0130 // Where users of health checks look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds the health of EdgeAI to an app's health checks.</summary>
public static class EdgeAIHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds two checks: <c>edgeai_live</c> (tag <c>live</c>), whether the instance answers, and <c>edgeai_ready</c> (tag <c>ready</c>), whether its models are imported and loaded and its store is open; that one is
    /// degraded, with reasons, while clusters or devices are left alone, reads go to a backup, a disk is nearly full, the outbox is old or a rule holds. Those of a named instance have its name behind.
    /// </summary>
    /// <param name="builder">The app's health checks.</param>
    /// <param name="name">The instance's name; null for the default one.</param>
    /// <param name="configure">Says from when on a disk is full and an outbox is old, or null.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddEdgeAI(this IHealthChecksBuilder builder, string? name = null, Action<HealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new HealthOptions();
        configure?.Invoke(options);
        var suffix = name is null ? string.Empty : "_" + name;
        builder.Add(new HealthCheckRegistration("edgeai_live" + suffix, provider => new LiveCheck(provider.GetInstance<EdgeRuntime>(name)), HealthStatus.Unhealthy, ["live"]));
        return builder.Add(new HealthCheckRegistration(
            "edgeai_ready" + suffix,
            provider => new ReadyCheck(provider.GetInstance<EdgeRuntime>(name), options, provider.GetRequiredService<TimeProvider>()),
            HealthStatus.Unhealthy,
            ["ready"]));
    }
}
