using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats").</summary>
internal sealed class PrometheusExporter : BaseExporter<Metric>
{
    private readonly MemoryStream _text = new();

    /// <summary>What the last collection gave.</summary>
    public ReadOnlyMemory<byte> Text => _text.GetBuffer().AsMemory(0, (int)_text.Length);

    public void Clear() => _text.SetLength(0);

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var writer = new StringBuilder();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            PrometheusText.Write(writer, metric, written);
        }

        _text.Write(Encoding.UTF8.GetBytes(writer.ToString()));
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        _text.Dispose();
        base.Dispose(disposing);
    }
}
