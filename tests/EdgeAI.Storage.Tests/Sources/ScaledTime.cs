namespace EdgeAI.Storage.Tests.Sources;

/// <summary>A clock whose timers come a hundred times as soon, for what waits between two tries of a real connection; it remembers what was asked for.</summary>
internal sealed class ScaledTime : TimeProvider
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<TimeSpan> _waits = [];

    public TimeSpan[] Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        return new ScaledTimer(System.CreateTimer(callback, state, Scale(dueTime), Scale(period)));
    }

    private static TimeSpan Scale(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / 100;

    private sealed class ScaledTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Scale(dueTime), Scale(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
