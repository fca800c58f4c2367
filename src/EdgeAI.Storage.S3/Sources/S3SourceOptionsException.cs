namespace EdgeAI.Storage.S3.Sources;

/// <summary>A source of models on S3 was added with options that it can't work with. Nothing was sent.</summary>
public sealed class S3SourceOptionsException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="scheme">What its addresses begin with.</param>
    /// <param name="problem">Which option, and what it must be.</param>
    public S3SourceOptionsException(string scheme, string problem)
        : base($"The source of '{scheme}://…' can't be added: {problem}") => Scheme = scheme;

    /// <summary>What its addresses begin with.</summary>
    public string Scheme { get; }
}
