namespace EdgeAI.Sources;

/// <summary>A server could not be reached, failed, or was not to be asked. What has come so far is kept, and another try goes on from there.</summary>
public sealed class ModelSourceUnavailableException : ModelSourceException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="reason">What failed, and what to do.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public ModelSourceUnavailableException(string source, string reason, Exception? innerException = null)
        : base(source, $"'{source}' can't be had now: {reason}", innerException)
    {
    }
}
