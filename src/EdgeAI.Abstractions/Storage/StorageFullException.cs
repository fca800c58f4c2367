namespace EdgeAI.Storage;

/// <summary>The disk is full. What was being written has been taken back.</summary>
public sealed class StorageFullException : StorageException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="innerException">The failure behind it.</param>
    public StorageFullException(string path, Exception innerException)
        : base(path, $"There is no space left for '{path}'. Free some space (remove models and collect garbage, or clear the disk) and try again; nothing was changed.", innerException)
    {
    }
}
