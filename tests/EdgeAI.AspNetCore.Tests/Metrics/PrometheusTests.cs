using System.Diagnostics;
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

    [Fact]
    public async Task Metrics_OpenMetricsIsAskedFor_HasExemplarsOfTracedMeasurements()
    {
        using var source = new ActivitySource("EdgeAI.Tests.Exemplars");
        using var listener = new ActivityListener { ShouldListenTo = other => other == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var meter = new Meter(new MeterOptions("EdgeAI.Tests.Exemplars") { Tags = [new("part", "a")] });
        var histogram = meter.CreateHistogram<double>("edgeai.tests.exemplars", "s", "How \"long\".");
        var counter = meter.CreateCounter<long>("edgeai.tests.counted", "{thing}", "Things.");
        await using var host = await ServingHost.StartAsync();
        _ = await ReadOpenMetricsAsync(host);
        histogram.Record(0.3);
        using var activity = source.StartActivity("traced")!;
        histogram.Record(0.2);
        counter.Add(2);

        var text = await ReadOpenMetricsAsync(host);

        var exemplar = $$""" # {trace_id="{{activity.TraceId}}",span_id="{{activity.SpanId}}"} """;
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal("# EOF", lines[^1]);
        Assert.Contains("# TYPE edgeai_tests_counted counter", lines);
        Assert.Contains(lines, line => line.StartsWith($"edgeai_tests_counted_total{{part=\"a\"}} 2{exemplar}2 ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"edgeai_tests_exemplars_seconds_bucket{{part=\"a\",le=\"5.0\"}} 2{exemplar}0.2 ", StringComparison.Ordinal));
        Assert.Contains("# HELP edgeai_tests_exemplars_seconds How \\\"long\\\".", lines);
        Assert.Contains("edgeai_tests_exemplars_seconds_bucket{part=\"a\",le=\"10.0\"} 2", lines);
        Assert.All(lines[..^1], line => Assert.Matches(OpenLine(), line));

        // What is of one name stands together, once.
        var described = lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ToArray();
        Assert.Equal(described.Distinct(), described);
    }

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/openmetrics-text;q=0.5,text/plain;q=0.7", "text/plain")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", "application/openmetrics-text")]
    public async Task Metrics_ByWhatIsAccepted_HasThatFormat(string accept, string expected)
    {
        await using var host = await ServingHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept", accept } } };

        using var response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(expected != "text/plain", (await response.Content.ReadAsStringAsync(Cancellation)).EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    private static async Task<string> ReadOpenMetricsAsync(ServingHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept", "application/openmetrics-text; version=1.0.0" } } };
        using var response = await host.Client.SendAsync(request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? (-?[0-9.E+-]+|NaN|[+-]Inf)( # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} [0-9.E+-]+ [0-9]+\.[0-9]{3})?)$""")]
    private static partial Regex OpenLine();

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? (-?[0-9.E+-]+|NaN|[+-]Inf))$""")]
    private static partial Regex Line();
}
