using System.Collections.Concurrent;

namespace EdgeAI.Monitoring;

/// <summary>The windows of a metric: rules that look equally far back share one. Thread-safe.</summary>
internal sealed class SlidingWindows<T>(Func<TimeSpan, T> make)
    where T : class
{
    private readonly ConcurrentDictionary<TimeSpan, T> _windows = [];

    /// <summary>The window of a rule, made if need be.</summary>
    public T Of(MonitoringRule rule) => _windows.GetOrAdd(rule.Window, make);

    /// <summary>Does something with each window.</summary>
    public void ForEach(Action<T> action)
    {
        foreach (var (_, window) in _windows)
        {
            action(window);
        }
    }
}
