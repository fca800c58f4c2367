namespace EdgeAI.Storage.S3;

/// <summary>Whether an address is well, or left alone since it failed. Thread-safe.</summary>
internal sealed class S3EndpointHealth(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _failures;
    private DateTimeOffset _askedAgain;

    /// <summary>When it may be asked again; in the past when it is well.</summary>
    public DateTimeOffset AskedAgain
    {
        get
        {
            lock (_lock)
            {
                return _askedAgain;
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
            var now = time.GetUtcNow();
            if (_failures == 0)
            {
                return true;
            }

            if (_askedAgain > now)
            {
                return false;
            }

            _askedAgain = now + PauseAfter(_failures);
            return true;
        }
    }

    public void NoteSuccess()
    {
        lock (_lock)
        {
            _failures = 0;
            _askedAgain = default;
        }
    }

    public void NoteFailure()
    {
        lock (_lock)
        {
            _failures++;
            _askedAgain = time.GetUtcNow() + PauseAfter(_failures);
        }
    }

    private static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10)));
}
