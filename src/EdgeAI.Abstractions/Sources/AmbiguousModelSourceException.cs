namespace EdgeAI.Sources;

/// <summary>Several models are at an address, or none that is known, and the address does not say which is meant.</summary>
public sealed class AmbiguousModelSourceException : ModelSourceException
{
    private const int Shown = 12;

    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="candidates">The addresses that name one file.</param>
    public AmbiguousModelSourceException(string source, IReadOnlyList<string> candidates)
        : base(source, candidates is { Count: > 0 }
            ? $"'{source}' has {candidates.Count} files that could be meant. Name one: {string.Join(", ", candidates.Take(Shown).Select(candidate => $"'{candidate}'"))}{(candidates.Count > Shown ? ", …" : ".")}"
            : $"'{source}' has no files. Check the name and the revision.") => Candidates = candidates;

    /// <summary>The addresses that name one file.</summary>
    public IReadOnlyList<string> Candidates { get; }
}
