using System.Diagnostics;
using EdgeAI.Configuration;

namespace EdgeAI.Memory;

/// <summary>Looks at the system's memory now and then while anything is loaded, and has idle models unloaded when it runs short. Thread-safe.</summary>
internal sealed class PressureMonitor : IDisposable
{
    private readonly MemoryOptions _options;
    private readonly ISystemMemory _system;
    private readonly Action<long> _free;
    private readonly ITimer _timer;
    private int _isLooking;

    /// <param name="options">When it runs short, and how often to look.</param>
    /// <param name="system">What is looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="free">Unloads idle models of at least so many bytes.</param>
    public PressureMonitor(MemoryOptions options, ISystemMemory system, TimeProvider time, Action<long> free)
    {
        _options = options;
        _system = system;
        _free = free;
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to look, or ends it.</summary>
    public void Watch(bool isOn)
    {
        var interval = isOn && _options.PressureInterval > TimeSpan.Zero ? _options.PressureInterval : Timeout.InfiniteTimeSpan;
        _timer.Change(interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // Unloading may take longer than the interval.
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return;
        }

        // The timer has what went on when the engine was made.
        Activity.Current = null;
        try
        {
            var pressure = _system.ReadPressure();
            var over = pressure.Used - (long)(pressure.Limit * _options.PressureThreshold);
            if (over > 0 || pressure.StallPercent >= _options.PressureStallPercent)
            {
                _free(Math.Max(1, over));
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}
