namespace EdgeAI.Storage.Durability;

/// <summary>
/// A lock between processes, on a file. The system gives it back when its holder dies, however it dies. The file itself stays: to
/// delete it would let two processes hold locks on two files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for a lock that many may hold at once.</summary>
    public static ValueTask<FileLock> AcquireSharedAsync(string path, LockWait wait, CancellationToken cancellationToken) =>
        AcquireAsync(path, exclusive: false, wait, cancellationToken);

    /// <summary>Waits for a lock that one may hold.</summary>
    public static ValueTask<FileLock> AcquireExclusiveAsync(string path, LockWait wait, CancellationToken cancellationToken) =>
        AcquireAsync(path, exclusive: true, wait, cancellationToken);

    /// <summary>Takes a lock that one may hold, or returns null when somebody has it.</summary>
    public static FileLock? TryAcquireExclusive(string path) => TryAcquire(path, exclusive: true);

    /// <summary>Takes a lock that many may hold at once, or returns null when somebody has it alone.</summary>
    public static FileLock? TryAcquireShared(string path) => TryAcquire(path, exclusive: false);

    public void Dispose() => _file.Dispose();

    private static async ValueTask<FileLock> AcquireAsync(string path, bool exclusive, LockWait wait, CancellationToken cancellationToken)
    {
        var started = wait.Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, exclusive) is { } acquired)
            {
                return acquired;
            }

            await wait.PauseAsync(path, started, cancellationToken).ConfigureAwait(false);
        }
    }

    private static FileLock? TryAcquire(string path, bool exclusive)
    {
        try
        {
            // What .NET calls a share mode is an flock on Unix: None is exclusive, Read (with read access) is shared.
            return new FileLock(exclusive
                ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read, bufferSize: 1));
        }
        catch (IOException exception) when (StorageErrors.IsSharingViolation(exception))
        {
            return null;
        }
    }
}
