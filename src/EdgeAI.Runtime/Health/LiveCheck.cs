using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EdgeAI.Health;

/// <summary>Whether an instance answers at all.</summary>
internal sealed class LiveCheck(EdgeRuntime runtime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy($"{runtime.Engine.GetMemory().Models.Count} model(s) are in memory or held."));
}
