namespace EdgeAI.Storage;

/// <summary>The store's disk would not do what was asked.</summary>
public class StorageException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="message">What was wrong, and what to do.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public StorageException(string path, string message, Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>The file or directory.</summary>
    public string Path { get; }
}
