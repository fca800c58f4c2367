using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>Metrics as text: what each is, and a line for each of its points; in OpenMetrics with exemplars, and an end.</summary>
/// <param name="isOpenMetrics">Whether it is OpenMetrics 1.0 rather than the text format 0.0.4.</param>
internal sealed class PrometheusText(bool isOpenMetrics)
{
    private const string Total = "_total";

    private readonly StringBuilder _text = new();

    /// <summary>Writes metrics of one name: several meters may have it, and what is of one name stands together.</summary>
    public void Write(IGrouping<string, Metric> metrics)
    {
        var first = metrics.First();
        var described = isOpenMetrics && metrics.Key.EndsWith(Total, StringComparison.Ordinal) ? metrics.Key[..^Total.Length] : metrics.Key;
        _text.Append("# HELP ").Append(described).Append(' ').Append(Escape(first.Description, alsoQuotes: isOpenMetrics)).Append('\n');
        _text.Append("# TYPE ").Append(described).Append(' ').Append(TypeOf(first.MetricType)).Append('\n');
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                WritePoint(metrics.Key, metric, in point);
            }
        }
    }

    /// <summary>Ends the text, and gives it.</summary>
    public byte[] Complete() => Encoding.UTF8.GetBytes(_text.Append(isOpenMetrics ? "# EOF\n" : string.Empty).ToString());

    /// <summary>A metric's name in Prometheus, with its unit.</summary>
    public static string NameOf(Metric metric)
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
        return metric.MetricType is MetricType.LongSum or MetricType.DoubleSum && !name.EndsWith(Total, StringComparison.Ordinal) ? name + Total : name;
    }

    private void WritePoint(string name, Metric metric, in MetricPoint point)
    {
        switch (metric.MetricType)
        {
            case MetricType.Histogram:
                WriteHistogram(name, metric, in point);
                break;
            case MetricType.LongSum:
                WriteLine(name, metric, point.Tags, point.GetSumLong(), exemplar: ExemplarsOf(in point, isWhole: true).LastOrDefault());
                break;
            case MetricType.DoubleSum:
                WriteLine(name, metric, point.Tags, point.GetSumDouble(), exemplar: ExemplarsOf(in point).LastOrDefault());
                break;
            case MetricType.LongSumNonMonotonic:
                WriteLine(name, metric, point.Tags, point.GetSumLong());
                break;
            case MetricType.DoubleSumNonMonotonic:
                WriteLine(name, metric, point.Tags, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                WriteLine(name, metric, point.Tags, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                WriteLine(name, metric, point.Tags, point.GetGaugeLastValueDouble());
                break;
            default:
                // Exponential histograms have no form in these versions of the formats; their count and sum have.
                WriteLine(name + "_count", metric, point.Tags, point.GetHistogramCount());
                WriteLine(name + "_sum", metric, point.Tags, point.GetHistogramSum());
                break;
        }
    }

    private void WriteHistogram(string name, Metric metric, in MetricPoint point)
    {
        var exemplars = ExemplarsOf(in point);
        var (count, below) = (0L, double.NegativeInfinity);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var (least, most) = (below, bucket.ExplicitBound);
            WriteLine(name + "_bucket", metric, point.Tags, count, most, exemplars.FindLast(exemplar => exemplar.Value > least && exemplar.Value <= most));
            below = most;
        }

        WriteLine(name + "_sum", metric, point.Tags, point.GetHistogramSum());
        WriteLine(name + "_count", metric, point.Tags, point.GetHistogramCount());
    }

    private List<MetricExemplar> ExemplarsOf(in MetricPoint point, bool isWhole = false)
    {
        var found = new List<MetricExemplar>();
        if (isOpenMetrics && point.TryGetExemplars(out var exemplars))
        {
            foreach (ref readonly var exemplar in exemplars)
            {
                found.Add(new MetricExemplar(exemplar.TraceId, exemplar.SpanId, isWhole ? exemplar.LongValue : exemplar.DoubleValue, exemplar.Timestamp));
            }
        }

        return found;
    }

    private void WriteLine(string name, Metric metric, ReadOnlyTagCollection tags, double value, double? bound = null, MetricExemplar? exemplar = null)
    {
        _text.Append(name);
        var separator = '{';
        foreach (var tag in metric.MeterTags ?? [])
        {
            AppendLabel(ref separator, tag);
        }

        foreach (var tag in tags)
        {
            AppendLabel(ref separator, tag);
        }

        if (bound is { } most)
        {
            _text.Append(separator).Append("le=\"").Append(FormatBound(most)).Append('"');
            separator = ',';
        }

        _text.Append(separator == ',' ? "} " : " ").Append(Format(value));
        if (exemplar is not null)
        {
            _text.Append(CultureInfo.InvariantCulture, $" # {{trace_id=\"{exemplar.Trace.ToHexString()}\",span_id=\"{exemplar.Span.ToHexString()}\"}} {Format(exemplar.Value)} {exemplar.At.ToUnixTimeMilliseconds() / 1e3:0.000}");
        }

        _text.Append('\n');
    }

    private void AppendLabel(ref char separator, in KeyValuePair<string, object?> tag)
    {
        _text.Append(separator).Append(Clean(tag.Key)).Append("=\"").Append(Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture), alsoQuotes: true)).Append('"');
        separator = ',';
    }

    // There a bound is a number with a point.
    private string FormatBound(double bound) => Format(bound) is var text && isOpenMetrics && text.All(char.IsAsciiDigit) ? text + ".0" : text;

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

    private static string Escape(string? value, bool alsoQuotes) => (value ?? string.Empty)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", alsoQuotes ? "\\\"" : "\"", StringComparison.Ordinal);

    private static string Format(double value) => double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString(CultureInfo.InvariantCulture);
}
