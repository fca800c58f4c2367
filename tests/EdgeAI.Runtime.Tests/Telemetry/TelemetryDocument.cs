using System.Text.RegularExpressions;
using EdgeAI.Testing.Files;

namespace EdgeAI.Runtime.Tests.Telemetry;

/// <summary>The tables of docs/telemetry.md.</summary>
internal static partial class TelemetryDocument
{
    /// <summary>The rows of a section's table, cell by cell, without the marks of code.</summary>
    public static List<string[]> ReadTable(string section)
    {
        var text = File.ReadAllText(Path.Combine(SolutionFolder.Path, "docs", "telemetry.md"));
        var start = text.IndexOf($"## {section}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/telemetry.md has no section '{section}'.");
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return
        [
            .. text[start..(end < 0 ? text.Length : end)].Split('\n')
                .Where(line => Row().IsMatch(line))
                .Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim().Replace("`", string.Empty, StringComparison.Ordinal)).ToArray()),
        ];
    }

    [GeneratedRegex(@"^\| `")]
    private static partial Regex Row();
}
