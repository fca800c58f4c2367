using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats"), or in OpenMetrics 1.0.</summary>
internal sealed class PrometheusExporter : BaseExporter<Metric>
{
    /// <summary>Whether the next collection gives OpenMetrics.</summary>
    public bool IsOpenMetrics { get; set; }

    /// <summary>What the last collection gave.</summary>
    public byte[] Text { get; private set; } = [];

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
        {
            metrics.Add(metric);
        }

        var text = new PrometheusText(IsOpenMetrics);
        foreach (var named in metrics.GroupBy(PrometheusText.NameOf, StringComparer.Ordinal))
        {
            text.Write(named);
        }

        Text = text.Complete();
        return ExportResult.Success;
    }
}
