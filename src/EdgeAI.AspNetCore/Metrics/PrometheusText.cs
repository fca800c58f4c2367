using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>One metric as text: what it is, and a line for each of its points.</summary>
internal static class PrometheusText
{
    /// <summary>Writes a metric.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="written">The names that are described already: several meters may have one name.</param>
    public static void Write(StringBuilder text, Metric metric, HashSet<string> written)
    {
        var name = NameOf(metric);
        if (written.Add(name))
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(metric.Description, '\n')).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(metric.MetricType)).Append('\n');
        }

        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            WritePoint(text, name, metric.MetricType, in point);
        }
    }

    private static void WritePoint(StringBuilder text, string name, MetricType type, in MetricPoint point)
    {
        switch (type)
        {
            case MetricType.Histogram:
                WriteHistogram(text, name, in point);
                break;
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                WriteLine(text, name, point.Tags, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                WriteLine(text, name, point.Tags, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                WriteLine(text, name, point.Tags, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                WriteLine(text, name, point.Tags, point.GetGaugeLastValueDouble());
                break;
            default:
                // Exponential histograms have no form in this version of the format; their count and sum have.
                WriteLine(text, name + "_count", point.Tags, point.GetHistogramCount());
                WriteLine(text, name + "_sum", point.Tags, point.GetHistogramSum());
                break;
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, in MetricPoint point)
    {
        long count = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            WriteLine(text, name + "_bucket", point.Tags, count, double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Format(bucket.ExplicitBound));
        }

        WriteLine(text, name + "_sum", point.Tags, point.GetHistogramSum());
        WriteLine(text, name + "_count", point.Tags, point.GetHistogramCount());
    }

    private static void WriteLine(StringBuilder text, string name, ReadOnlyTagCollection tags, double value, string? bound = null)
    {
        text.Append(name);
        var separator = '{';
        foreach (var tag in tags)
        {
            text.Append(separator).Append(Clean(tag.Key)).Append("=\"").Append(Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture), '"')).Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ").Append(Format(value)).Append('\n');
    }

    private static string NameOf(Metric metric)
    {
        var name = Clean(metric.Name);
        var unit = metric.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when metric.MetricType is MetricType.LongGauge or MetricType.DoubleGauge => "_ratio",
            "Cel" => "_celsius",
            _ => string.Empty,
        };
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return metric.MetricType is MetricType.LongSum or MetricType.DoubleSum && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        MetricType.ExponentialHistogram => "summary",
        _ => "gauge",
    };

    private static string Clean(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or ':' ? source[i] : '_';
        }
    });

    private static string Escape(string? value, char also) => (value ?? string.Empty)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", also == '"' ? "\\\"" : "\"", StringComparison.Ordinal);

    private static string Format(double value) => double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString(CultureInfo.InvariantCulture);
}
