namespace EdgeAI.Sources;

/// <summary>Nothing is at an address.</summary>
public sealed class ModelSourceNotFoundException : ModelSourceException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="reason">What is missing, and what to do.</param>
    public ModelSourceNotFoundException(string source, string reason)
        : base(source, $"'{source}' is not there: {reason}")
    {
    }
}
