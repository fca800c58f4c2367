using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeAI.Benchmarks.Store.Measures;
using EdgeAI.Benchmarks.Store.Probes;

namespace EdgeAI.Benchmarks.Store.Reporting;

/// <summary>What was measured, as tables for people and as JSON for programs.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly List<Measurement> _measurements = [];
    private readonly Dictionary<string, string> _refused = [];

    public bool IsEmpty => _measurements.Count == 0;

    public void Add(Measurement measurement) => _measurements.Add(measurement);

    /// <summary>Notes a model that the store did not take; it may be told several times.</summary>
    public void Refuse(RefusedModel model) => _refused[model.Path] = model.Reason;

    public string ToJson() => JsonSerializer.Serialize(_measurements, Json);

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendTable(text, "Stored / logical", _measurements.Where(IsStored), measurement => measurement.Peer, measurement => measurement.Measure);
        AppendTable(text, "Updates: MB to move", _measurements.Where(IsUpdate), UpdateOf, UpdateColumnOf);
        AppendFigures(text, [.. _measurements.Where(measurement => !IsStored(measurement) && !IsUpdate(measurement))]);
        AppendRefused(text);
        return text.ToString().TrimEnd();
    }

    private static bool IsStored(Measurement measurement) =>
        measurement.Measure.StartsWith(StoredRatioMeasure.Name, StringComparison.Ordinal)
        || measurement.Measure is StoredRatioMeasure.Ingest or StoredRatioMeasure.Restore;

    private static bool IsUpdate(Measurement measurement) => measurement.Measure.StartsWith(UpdateMeasure.Prefix, StringComparison.Ordinal);

    private static string UpdateOf(Measurement measurement) =>
        measurement.Unit == Measurement.Ratio ? measurement.Measure[..^UpdateMeasure.RatioSuffix.Length] : measurement.Measure;

    private static string UpdateColumnOf(Measurement measurement) =>
        measurement.Unit == Measurement.Ratio ? $"{measurement.Peer} / {UpdateMeasure.Whole}" : measurement.Peer;

    private static string Format(Measurement measurement) => measurement.Unit switch
    {
        Measurement.Bytes => (measurement.Value / 1e6).ToString("F3", CultureInfo.InvariantCulture),
        Measurement.Ratio => measurement.Value.ToString("F3", CultureInfo.InvariantCulture),
        _ => measurement.Value.ToString("F0", CultureInfo.InvariantCulture),
    };

    private static void AppendTable(
        StringBuilder text,
        string title,
        IEnumerable<Measurement> measurements,
        Func<Measurement, string> row,
        Func<Measurement, string> column)
    {
        var cells = measurements.ToArray();
        if (cells.Length == 0)
        {
            return;
        }

        var columns = cells.Select(column).Distinct().ToArray();
        text.AppendLine(CultureInfo.InvariantCulture, $"{title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", columns)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---{string.Concat(columns.Select(_ => "|---"))}|");
        foreach (var line in cells.GroupBy(row))
        {
            var values = columns.Select(name => line.LastOrDefault(cell => column(cell) == name) is { } cell ? Format(cell) : "-");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {line.Key} | {string.Join(" | ", values)} |");
        }

        text.AppendLine();
    }

    private static void AppendFigures(StringBuilder text, IReadOnlyList<Measurement> figures)
    {
        if (figures.Count == 0)
        {
            return;
        }

        text.AppendLine("Speed and memory").AppendLine().AppendLine("| | figure | of |").AppendLine("|---|---|---|");
        foreach (var figure in figures)
        {
            var of = figure.Unit == Measurement.Ratio ? $"{Measurement.Ours} over {figure.Peer}" : figure.Peer;
            var unit = figure.Unit == Measurement.Ratio ? string.Empty : " " + figure.Unit;
            text.AppendLine(CultureInfo.InvariantCulture, $"| {figure.Measure} | {Format(figure)}{unit} | {of} |");
        }

        text.AppendLine();
    }

    private void AppendRefused(StringBuilder text)
    {
        if (_refused.Count == 0)
        {
            return;
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Refused by the store: {_refused.Count} models. They count as kept plain in stored / logical, and are left out of speeds, on both sides:");
        foreach (var (path, reason) in _refused.OrderBy(refused => refused.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {path} {reason}");
        }
    }
}
