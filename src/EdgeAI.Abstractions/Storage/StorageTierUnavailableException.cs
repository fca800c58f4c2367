namespace EdgeAI.Storage;

/// <summary>A directory of a tier is not there, or not this store's: a disk is not mounted, or the configuration has changed. Nothing was changed.</summary>
public sealed class StorageTierUnavailableException : StorageException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="message">What was wrong, and what to do.</param>
    public StorageTierUnavailableException(string path, string message)
        : base(path, message)
    {
    }
}
