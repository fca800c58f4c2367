namespace EdgeAI.Sources;

/// <summary>A model could not be had from where it was to come from. Nothing was imported; derived types say why.</summary>
public class ModelSourceException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The address, without secrets.</param>
    /// <param name="message">What was wrong, and what to do.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public ModelSourceException(string source, string message, Exception? innerException = null)
        : base(message, innerException) => Address = source;

    /// <summary>Where the model was to come from, without secrets.</summary>
    public string Address { get; }
}
