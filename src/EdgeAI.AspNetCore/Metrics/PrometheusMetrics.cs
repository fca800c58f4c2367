using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>What the meters of EdgeAI, of the web server and of .NET say, collected by OpenTelemetry when Prometheus asks.</summary>
internal sealed class PrometheusMetrics : IDisposable
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text";
    private const string OpenContentType = $"{OpenMetrics}; version=1.0.0; charset=utf-8";

    private readonly SemaphoreSlim _collecting = new(1, 1);
    private readonly PrometheusExporter _exporter = new();
    private readonly Lazy<(MeterProvider Provider, BaseExportingMetricReader Reader)> _meters;

    // Nothing is measured for it before the first one asks.
    public PrometheusMetrics() => _meters = new(() =>
    {
        var reader = new BaseExportingMetricReader(_exporter);
        var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("EdgeAI*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(reader)
            .Build();
        return (provider, reader);
    });

    public async Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await _collecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _exporter.IsOpenMetrics = AcceptsOpenMetrics(context.Request);
            _meters.Value.Reader.Collect();
            context.Response.ContentType = _exporter.IsOpenMetrics ? OpenContentType : ContentType;
            context.Response.ContentLength = _exporter.Text.Length;
            await context.Response.Body.WriteAsync(_exporter.Text, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _collecting.Release();
        }
    }

    // Who would rather have the other format says so.
    private static bool AcceptsOpenMetrics(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return QualityOf(OpenMetrics) is > 0 and var quality && quality >= QualityOf("text/plain");

        double QualityOf(string type) => accepted.Where(header => header.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(header => header.Quality ?? 1).DefaultIfEmpty().Max();
    }

    public void Dispose()
    {
        if (_meters.IsValueCreated)
        {
            _meters.Value.Provider.Dispose();
        }

        _collecting.Dispose();
    }
}
