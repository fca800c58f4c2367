namespace EdgeAI.Storage.Transfers;

/// <summary>
/// Bytes that may move, at a rate. Whoever comes while there are some may take more than that: the debt is what the next ones wait for, so that the average is exact whatever the slices' sizes
/// are. Needs the lock of whoever owns it.
/// </summary>
internal sealed class TokenBucket(long bytesPerSecond, TimeProvider time)
{
    // What may move at once after a pause: long enough to bridge a timer's delay, short enough not to fill the queues of the link behind it.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(20);

    private readonly double _most = bytesPerSecond * Burst.TotalSeconds;
    private double _tokens = bytesPerSecond * Burst.TotalSeconds;
    private long _filled = time.GetTimestamp();

    /// <summary>How long until there are some; zero when there are.</summary>
    public TimeSpan Wait
    {
        get
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(_most, _tokens + (time.GetElapsedTime(_filled, now).TotalSeconds * bytesPerSecond));
            _filled = now;
            return _tokens > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / bytesPerSecond);
        }
    }

    public void Take(int bytes) => _tokens -= bytes;
}
