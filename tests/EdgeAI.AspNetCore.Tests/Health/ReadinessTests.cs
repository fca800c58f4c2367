using System.Net;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EdgeAI.AspNetCore.Tests.Health;

public sealed class ReadinessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Readiness_WithAndWithoutADevice_IsTheSameForTheProtocolAndForHealthChecks(bool hasDevice)
    {
        await using var host = await ServingHost.StartAsync(
            engine: options => options.Inference.Devices["cpu:0"] = new DeviceOptions { IsEnabled = hasDevice },
            build: app => app.Services.AddHealthChecks().AddEdgeAI());

        using var answer = await host.Client.GetAsync("/v2/health/ready", Cancellation);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"), Cancellation);

        Assert.Equal(hasDevice ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(hasDevice ? HealthStatus.Healthy : HealthStatus.Unhealthy, report.Status);
        Assert.Contains(hasDevice ? "store is open" : "switched off", report.Entries["edgeai_ready"].Description, StringComparison.Ordinal);
    }
}
