namespace EdgeAI.Storage.S3;

/// <summary>Whether an address is well, or left alone since it failed. Thread-safe.</summary>
internal sealed class S3EndpointHealth(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _failures;
    private TimeSpan _pause;
    private long _since;

    /// <summary>How long it is still left alone; zero or less when it may be asked. A clock that is set does not change that.</summary>
    public TimeSpan Rest
    {
        get
        {
            lock (_lock)
            {
                return Rest_NeedsLock();
            }
        }
    }

    /// <summary>
    /// Takes the address for a request. Of those who come when its pause is over only the first gets it, to see whether it is well again; the others find it paused once more, so that a dead one costs one
    /// request a timeout and not all.
    /// </summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_failures == 0)
            {
                return true;
            }

            if (Rest_NeedsLock() > TimeSpan.Zero)
            {
                return false;
            }

            Pause_NeedsLock();
            return true;
        }
    }

    public void NoteSuccess()
    {
        lock (_lock)
        {
            _failures = 0;
        }
    }

    public void NoteFailure()
    {
        lock (_lock)
        {
            _failures++;
            Pause_NeedsLock();
        }
    }

    private TimeSpan Rest_NeedsLock() => _failures == 0 ? TimeSpan.Zero : _pause - time.GetElapsedTime(_since);

    private void Pause_NeedsLock() =>
        (_pause, _since) = (TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(_failures - 1, 10))), time.GetTimestamp());
}
