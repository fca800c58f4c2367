namespace EdgeAI.Storage.Durability;

/// <summary>How long to wait for a lock, and by which clock.</summary>
internal readonly record struct LockWait(TimeProvider Time, TimeSpan Timeout)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits a little before the lock at <paramref name="path"/> is tried again.</summary>
    /// <exception cref="StorageException">It is held for longer than <see cref="Timeout"/>.</exception>
    public async ValueTask PauseAsync(string path, long started, CancellationToken cancellationToken)
    {
        if (Time.GetElapsedTime(started) > Timeout)
        {
            throw new StorageException(
                path,
                $"Another process held '{path}' for more than {Timeout}. Let it finish, or set LockTimeout higher, and try again.");
        }

        await Task.Delay(PollInterval, Time, cancellationToken).ConfigureAwait(false);
    }
}
