namespace EdgeAI.AspNetCore.Protocol;

/// <summary>What follows <c>/v2/models/</c>: a model's name, which may have slashes, plain or as %2F, then perhaps a version, then perhaps what is wanted of it.</summary>
/// <param name="Name">The name, such as <c>ocr/det</c>.</param>
/// <param name="Version">The tag or digest; null when the path has none.</param>
/// <param name="Verb">What is wanted; empty for the model itself.</param>
internal readonly record struct ModelPath(string Name, string? Version, string Verb)
{
    private const string Versions = "versions";

    /// <summary>Reads a path.</summary>
    /// <param name="path">The rest of the path, as routing gives it.</param>
    /// <param name="verbs">The last parts that are verbs here. A model that is called like one is asked for with its slashes as %2F.</param>
    public static ModelPath Parse(string? path, params ReadOnlySpan<string> verbs)
    {
        var rest = path ?? string.Empty;
        var verb = string.Empty;
        var slash = rest.LastIndexOf('/');
        if (slash > 0 && verbs.Contains(rest[(slash + 1)..]))
        {
            (rest, verb) = (rest[..slash], rest[(slash + 1)..]);
        }

        slash = rest.LastIndexOf('/');
        var before = slash > 0 ? rest.LastIndexOf('/', slash - 1) : -1;
        string? version = null;
        if (before > 0 && rest.AsSpan(before + 1, slash - before - 1).SequenceEqual(Versions))
        {
            (rest, version) = (rest[..before], rest[(slash + 1)..]);
        }

        // Routing leaves this one as it is, so that a name's own slashes can be told from the path's.
        return new ModelPath(rest.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), version, verb);
    }
}
