namespace EdgeAI.Storage.Manifests;

/// <summary>Paths that come from models: the one place that says which of them may be used.</summary>
internal static class RelativePath
{
    private const int MaxLength = 1024;

    /// <summary>Says whether a path stays in its folder on every system that we run on.</summary>
    public static bool IsSafe(string path) => FindProblem(path) is null;

    /// <summary>What is wrong with a path; null when nothing is.</summary>
    public static string? FindProblem(string path)
    {
        if (path.Length is 0 or > MaxLength)
        {
            return $"it must have 1 to {MaxLength} characters";
        }

        if (path.AsSpan().IndexOfAny('\\', ':') >= 0 || path.Any(char.IsControl))
        {
            return "it holds a backslash, a colon or a control character";
        }

        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or ".." || part.EndsWith(' ') || part.EndsWith('.'))
            {
                return part is "" ? "it is absolute, or has an empty part" : $"its part '{part}' is not a plain name";
            }
        }

        return null;
    }
}
