namespace EdgeAI.Sources;

/// <summary>A server wants to know who asks, or does not give a model to who asked.</summary>
public sealed class ModelSourceDeniedException : ModelSourceException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="reason">What the server said, and what to do.</param>
    public ModelSourceDeniedException(string source, string reason)
        : base(source, $"'{source}' was denied: {reason}")
    {
    }
}
