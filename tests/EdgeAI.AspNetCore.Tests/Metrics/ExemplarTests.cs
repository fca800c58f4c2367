using System.Diagnostics;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Telemetry;
using EdgeAI.Testing.Catalogue;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EdgeAI.AspNetCore.Tests.Metrics;

public sealed class ExemplarTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TelemetryInstruments.RunDuration)]
    [InlineData(TelemetryInstruments.LoadDuration)]
    [InlineData(TelemetryInstruments.MaterializeDuration)]
    public async Task Infer_OpenTelemetryListens_PointsOfTheHistogramHaveTheRequestsTrace(string instrument)
    {
        var (metrics, activities) = (new List<Metric>(), new List<Activity>());
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(EdgeAITelemetry.ActivitySourceName, "Microsoft.AspNetCore").AddInMemoryExporter(activities).Build();
        using var metering = Sdk.CreateMeterProviderBuilder().AddMeter(EdgeAITelemetry.MeterName).SetExemplarFilter(ExemplarFilterType.TraceBased).AddInMemoryExporter(metrics).Build();
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Loop);
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/loop/infer") { Content = RestMessages.Loop(1), Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } } };

        (await host.Client.SendAsync(request, Cancellation)).EnsureSuccessStatusCode().Dispose();
        Assert.True(metering.ForceFlush());

        Assert.Contains(metrics.Where(metric => metric.Name == instrument).SelectMany(ExemplarsOf), exemplar => exemplar.TraceId == trace && activities.Exists(activity => activity.SpanId == exemplar.SpanId));
    }

    private static List<Exemplar> ExemplarsOf(Metric metric)
    {
        var found = new List<Exemplar>();
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (point.TryGetExemplars(out var exemplars))
            {
                foreach (ref readonly var exemplar in exemplars)
                {
                    found.Add(exemplar);
                }
            }
        }

        return found;
    }
}
