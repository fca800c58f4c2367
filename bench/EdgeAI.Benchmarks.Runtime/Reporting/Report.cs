using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EdgeAI.Benchmarks.Runtime.Reporting;

/// <summary>What was measured, as a table for people and as JSON for programs.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly List<Measurement> _measurements = [];

    public bool IsEmpty => _measurements.Count == 0;

    public void Add(string measure, double value, string peer, string unit) => _measurements.Add(new Measurement(measure, value, peer, unit));

    /// <summary>Adds both sides of a comparison, and their ratio.</summary>
    public void Compare(string measure, double ours, double theirs, string unit)
    {
        Add($"{measure}_over_ort", ours / theirs, Measurement.Bare, Measurement.Ratio);
        Add(measure, ours, Measurement.Ours, unit);
        Add(measure, theirs, Measurement.Bare, unit);
    }

    public string ToJson() => JsonSerializer.Serialize(_measurements, Json);

    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine("| measure | figure | of |").AppendLine("|---|---|---|");
        foreach (var measurement in _measurements)
        {
            var (of, format, unit) = measurement.Unit == Measurement.Ratio
                ? ($"{Measurement.Ours} over {measurement.Peer}", "F3", string.Empty)
                : (measurement.Peer, "F1", " " + measurement.Unit);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {measurement.Measure} | {measurement.Value.ToString(format, CultureInfo.InvariantCulture)}{unit} | {of} |");
        }

        return text.ToString().TrimEnd();
    }
}
