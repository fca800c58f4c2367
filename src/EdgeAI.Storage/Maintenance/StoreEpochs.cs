using System.Globalization;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Numbers the time between collections, so that a collection knows when nobody is left who may count on what it took out of use. Each epoch is
/// a file that operations lock shared; the highest number is now. See the readme beside. Thread-safe.
/// </summary>
internal sealed class StoreEpochs(StoreDirectory directory, LockWait wait)
{
    private const string Suffix = ".lock";

    /// <summary>The epoch that operations enter now.</summary>
    public long Current => List().LastOrDefault();

    /// <summary>Enters the epoch that is now. Never waits for more than a moment.</summary>
    public async ValueTask<EpochLease> EnterAsync(CancellationToken cancellationToken)
    {
        var started = wait.Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var epoch = Current;
            if (FileLock.TryAcquireShared(PathOf(epoch)) is not { } file)
            {
                await wait.PauseAsync(PathOf(epoch), started, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Between the look and the lock a collection may have gone on to the next epoch, and found nobody in this one.
            if (Current == epoch)
            {
                return new EpochLease(epoch, file);
            }

            file.Dispose();
        }
    }

    /// <summary>Begins the next epoch: whoever enters from now on sees all that was marked before. One caller at a time.</summary>
    public void Advance_NeedsLock()
    {
        var path = PathOf(Current + 1);
        try
        {
            new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
        catch (IOException exception) when (StorageErrors.IsSharingViolation(exception) && File.Exists(path))
        {
            // It has begun: whoever opens the store holds it for a moment, to see whether he is alone.
        }
    }

    /// <summary>The last epoch that is over for everybody, as are all before it; -1 when there is none. One caller at a time.</summary>
    public long FindLastOver_NeedsLock()
    {
        var epochs = List();
        var current = epochs.LastOrDefault();
        var lastOver = current - 1;
        foreach (var epoch in epochs.Where(epoch => epoch != current))
        {
            using (var over = FileLock.TryAcquireExclusive(PathOf(epoch)))
            {
                if (over is null)
                {
                    lastOver = Math.Min(lastOver, epoch - 1);
                    continue;
                }
            }

            // Nobody enters it any more, though somebody may still be in one before it.
            Forget(epoch);
        }

        return lastOver;
    }

    /// <summary>Takes the store for the caller alone, or returns null when anybody works in it.</summary>
    public FileLock? TryEnterAlone()
    {
        var epochs = List();
        var current = epochs.LastOrDefault();
        foreach (var epoch in epochs.Where(epoch => epoch != current))
        {
            using var over = FileLock.TryAcquireExclusive(PathOf(epoch));
            if (over is null)
            {
                return null;
            }
        }

        var alone = FileLock.TryAcquireExclusive(PathOf(current));
        if (alone is null || Current == current)
        {
            return alone;
        }

        alone.Dispose();
        return null;
    }

    // Deleting is safe, unlike that of any other lock: who opens the file meanwhile sees that the epoch is not now, and lets go of it.
    private void Forget(long epoch)
    {
        try
        {
            File.Delete(PathOf(epoch));
        }
        catch (IOException exception) when (StorageErrors.IsSharingViolation(exception))
        {
            // On Windows a file that somebody is just opening stays; it is met again next time.
        }
    }

    private List<long> List()
    {
        var epochs = new List<long>();
        foreach (var path in Directory.EnumerateFiles(directory.Epochs, "*" + Suffix))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            {
                epochs.Add(epoch);
            }
        }

        epochs.Sort();
        return epochs;
    }

    private string PathOf(long epoch) => Path.Combine(directory.Epochs, epoch.ToString(CultureInfo.InvariantCulture) + Suffix);
}
