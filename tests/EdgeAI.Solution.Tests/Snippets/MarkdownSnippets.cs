namespace EdgeAI.Solution.Tests.Snippets;

/// <summary>
/// Finds the blocks of C# in Markdown. A block is a whole program, unless the comment <c>&lt;!-- snippet: fragment --&gt;</c> stands on a line of
/// its own before its fence.
/// </summary>
internal static class MarkdownSnippets
{
    private const string FragmentMarker = "<!-- snippet: fragment -->";

    public static IEnumerable<Snippet> Read(string name, string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        var previous = string.Empty;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (IsFence(line))
            {
                var end = Array.FindIndex(lines, i + 1, candidate => candidate.Trim() == "```");
                var close = end < 0 ? lines.Length : end;
                if (IsCSharp(line))
                {
                    yield return new Snippet($"{name}:{i + 2}", string.Join('\n', lines[(i + 1)..close]), previous == FragmentMarker);
                }

                i = close;
            }

            previous = line.Length == 0 ? previous : line;
        }
    }

    private static bool IsFence(string line) => line.StartsWith("```", StringComparison.Ordinal);

    private static bool IsCSharp(string fence) => fence[3..].Trim().Split(' ')[0].ToLowerInvariant() is "csharp" or "cs" or "c#";
}
