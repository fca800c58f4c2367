using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>A model's hot files, as others may read them. A lease: they stay until it is disposed. Thread-safe.</summary>
public sealed class LaidOutModel : IDisposable
{
    private readonly FileLock _lease;

    internal LaidOutModel(Digest digest, IReadOnlyList<LaidOutFile> files, FileLock lease)
    {
        Digest = digest;
        Files = files;
        _lease = lease;
    }

    /// <summary>The digest of the manifest.</summary>
    public Digest Digest { get; }

    /// <summary>The files; nothing else in the folder is anybody's.</summary>
    public IReadOnlyList<LaidOutFile> Files { get; }

    /// <inheritdoc/>
    public void Dispose() => _lease.Dispose();
}
