namespace EdgeAI.Sources;

/// <summary>What came is not what was to come: its digest or its length is another one. It was thrown away.</summary>
public sealed class ModelSourceCorruptedException : ModelSourceException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="expected">What the content was to be: a digest, or a length.</param>
    /// <param name="actual">What it is.</param>
    public ModelSourceCorruptedException(string source, string expected, string actual)
        : base(source, $"'{source}' gave other content than it should: expected {expected}, got {actual}. Check the digest and where it comes from, and try again.")
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>What the content was to be: a digest, or a length.</summary>
    public string Expected { get; }

    /// <summary>What it is.</summary>
    public string Actual { get; }
}
