using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EdgeAI.Benchmarks.Reporting;

/// <summary>What was measured, as a table for people and as JSON for programs.</summary>
public sealed class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly List<Measurement> _measurements = [];

    public bool IsEmpty => _measurements.Count == 0;

    public void Add(string measure, double value, string peer, string unit) => _measurements.Add(new Measurement(measure, value, peer, unit));

    public string ToJson() => JsonSerializer.Serialize(_measurements, Json);

    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine("| measure | figure | of |").AppendLine("|---|---|---|");
        foreach (var (measure, value, peer, unit) in _measurements)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {measure} | {value:F3} {unit} | {peer} |");
        }

        return text.ToString().TrimEnd();
    }
}
