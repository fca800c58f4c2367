namespace EdgeAI.Memory;

/// <summary>
/// Has freed memory given back to the system, and not too often: at once after much was freed, otherwise a second after the last model left. Thread-safe.
/// </summary>
internal sealed class MemoryTrimmer : IDisposable
{
    private const long Much = 64L << 20;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly ISystemMemory _system;
    private readonly ITimer _timer;
    private long _freed;

    public MemoryTrimmer(ISystemMemory system, TimeProvider time)
    {
        _system = system;
        _timer = time.CreateTimer(_ => Trim(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that a model left.</summary>
    /// <param name="bytes">The private bytes that it had.</param>
    public void NoteFreed(long bytes)
    {
        if (Interlocked.Add(ref _freed, bytes) >= Much)
        {
            Trim();
        }
        else
        {
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Trim();
    }

    private void Trim()
    {
        Interlocked.Exchange(ref _freed, 0);
        _system.Trim();
    }
}
