using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.AspNetCore.Tests.Metrics;

public sealed partial class PrometheusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfMetersOfEdgeAI_AreInTheTextFormat()
    {
        using var meter = new Meter("EdgeAI.Tests.Prometheus");
        var counter = meter.CreateCounter<long>("edgeai.tests.things", "{thing}", "Things that were counted.");
        var histogram = meter.CreateHistogram<double>("edgeai.tests.duration", "s", "How long things took.");
        await using var host = await ServingHost.StartAsync();
        _ = await host.Client.GetStringAsync("/metrics", Cancellation);
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a \"quoted\"\nname"));
        histogram.Record(0.2);

        var text = await host.Client.GetStringAsync("/metrics", Cancellation);

        Assert.Contains("# TYPE edgeai_tests_things_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("edgeai_tests_things_total{kind=\"a \\\"quoted\\\"\\nname\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("edgeai_tests_duration_seconds_bucket{le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("edgeai_tests_duration_seconds_sum 0.2\n", text, StringComparison.Ordinal);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Metrics_OfAHostWithRules_HaveTheirReadings()
    {
        await using var host = await ServingHost.StartAsync(
            build: app => app.Services.Configure<EdgeAIOptions>(options => options.Monitoring.Metrics.Add(new() { Name = "memory_usage", Threshold = "90%", Action = "notify" })));
        _ = await host.Client.GetStringAsync("/metrics", Cancellation);
        await host.Services.GetRequiredService<IEdgeMonitor>().EvaluateAsync(Cancellation);

        var text = await host.Client.GetStringAsync("/metrics", Cancellation);

        Assert.Matches("edgeai_monitoring_reading[a-z_]*\\{[^}]*memory_usage[^}]*\\} 0", text);
        Assert.Matches("edgeai_monitoring_active[a-z_]*\\{[^}]*memory_usage[^}]*\\} 0", text);
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? (-?[0-9.E+-]+|NaN|[+-]Inf))$""")]
    private static partial Regex Line();
}
