namespace EdgeAI.Storage;

/// <summary>A store's index is damaged or gone. Models are safe: packs, manifests and names are objects of their own, from which the index is made again.</summary>
public sealed class IndexDamagedException : StorageException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The store's directory, or the index in it.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public IndexDamagedException(string path, string reason, Exception? innerException = null)
        : base(
            path,
            $"The index of the store in '{path}' is damaged: {reason}. Try again: the next call makes it anew from the store's objects, as RebuildIndexAsync does. If that comes back, check the disk.",
            innerException)
    {
    }
}
