namespace EdgeAI.Memory;

/// <summary>
/// Measures what a step allocates in native memory: what is in use after it, less what was before. Steps that overlap would count each other's bytes, so that only a step
/// that was alone has a result. Thread-safe.
/// </summary>
internal sealed class MemoryMeter(ISystemMemory system)
{
    private readonly Lock _lock = new();
    private int _active;
    private long _steps;

    /// <summary>The one of this process: native memory is one for all engines in it.</summary>
    public static MemoryMeter Process { get; } = new(SystemMemory.Current);

    /// <summary>Begins a step that takes or frees memory; <see cref="End"/> ends it.</summary>
    public Step Begin()
    {
        lock (_lock)
        {
            _active++;
            _steps++;
            return _active == 1 ? new Step(_steps, system.ReadNativeBytes()) : new Step(_steps, null);
        }
    }

    /// <summary>Ends a step.</summary>
    /// <returns>How many bytes more are in use now, less than 0 when some were freed; null when other steps overlapped, or the system does not tell.</returns>
    public long? End(Step step)
    {
        lock (_lock)
        {
            _active--;
            return step.Before is { } before && step.Number == _steps && system.ReadNativeBytes() is { } after ? after - before : null;
        }
    }

    internal readonly record struct Step(long Number, long? Before);
}
