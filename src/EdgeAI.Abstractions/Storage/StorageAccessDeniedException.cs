namespace EdgeAI.Storage;

/// <summary>This process may not read or write the store's directory.</summary>
public sealed class StorageAccessDeniedException : StorageException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="innerException">The failure behind it.</param>
    public StorageAccessDeniedException(string path, Exception innerException)
        : base(path, $"This process has no right to use '{path}', or the disk is read-only. Give its user read and write access, or set DataDirectory to a place that it owns.", innerException)
    {
    }
}
