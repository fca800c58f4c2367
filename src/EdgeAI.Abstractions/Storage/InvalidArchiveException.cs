namespace EdgeAI.Storage;

/// <summary>A stream was given as an archive (<c>.edgeai</c>) and can't be imported. Nothing of it was kept.</summary>
public sealed class InvalidArchiveException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public InvalidArchiveException(string reason, Exception? innerException = null)
        : base($"This is not an archive that can be imported: {reason}. Export it again from a store that has the model; nothing was imported.", innerException)
    {
    }
}
