using System.Diagnostics;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Finds out how a small model's runs are best shared by threads, from how long the first ones take; see readme.md beside this file. Threads that share a run of some tens of microseconds may wait for
/// each other longer than they work: then a session of one thread is tried, and the better one stays. Those of a long run do well to be awake for longer until the next. Thread-safe.
/// </summary>
/// <param name="session">What the model's callers have.</param>
/// <param name="first">The session that it begins in: of all threads, which sleep between runs where power is to be saved, and otherwise are awake briefly.</param>
/// <param name="isSaving">Whether power is to be saved.</param>
/// <param name="make">Makes another; null when there is no room for it or it failed.</param>
/// <param name="ended">Called once when only one session is left: which it is, null when that was not found out.</param>
internal sealed class ThreadTrial(
    OnnxSession session, OnnxGraphSession first, bool isSaving, Func<RunThreads, CancellationToken, Task<OnnxGraphSession?>> make, Action<RunThreads?> ended) : IAsyncDisposable
{
    /// <summary>How many runs a session is judged by: by the fastest of them, which says least of what else the machine did.</summary>
    public const int Runs = 32;

    // Longer ones have work enough for all threads, or are so seldom that it does not matter.
    private static readonly long LongestShortRun = Stopwatch.Frequency / 1000;

    // From here on some milliseconds more of a processor are little beside the run.
    private static readonly long ShortestLongRun = Stopwatch.Frequency / 50;

    // One thread is taken up to here. It leaves processors to others, as crowds do by themselves; and threads that are awake when the next run comes gain more than these first runs show.
    private readonly double _advantage = isSaving ? 1.25 : 0.8;
    private readonly RunThreads _firstThreads = isSaving ? RunThreads.AsSet : RunThreads.AwakeBriefly;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private OnnxGraphSession? _second;
    private long _fastestOfFirst = long.MaxValue;
    private long _fastestOfSecond = long.MaxValue;
    private int _runs;
    private bool _isOver;
    private Task _work = Task.CompletedTask;

    /// <summary>Counts a run.</summary>
    /// <param name="graph">The session that it was in.</param>
    /// <param name="ticks">How long it took.</param>
    public void Note(OnnxGraphSession graph, long ticks)
    {
        lock (_lock)
        {
            // Runs that began before the change are neither's.
            if (_isOver || graph != (_second ?? first) || (_second is null && _runs >= Runs))
            {
                return;
            }

            ref var fastest = ref _second is null ? ref _fastestOfFirst : ref _fastestOfSecond;
            fastest = Math.Min(fastest, ticks);
            if (++_runs == Runs)
            {
                Judge_NeedsLock();
            }
        }
    }

    /// <summary>Ends it undecided: the session that is used now stays.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _ending.Cancel();
                End_NeedsLock(_second ?? first, found: null);
            }
        }
    }

    /// <summary>Ends it, and waits until nothing is made and the session that was not taken is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        Task work;
        do
        {
            work = _work;
            await work.ConfigureAwait(false);
        }
        while (work != _work);
        _ending.Dispose();
    }

    private void Judge_NeedsLock()
    {
        if (_second is not null)
        {
            var isOne = _fastestOfSecond <= _advantage * _fastestOfFirst;
            End_NeedsLock(isOne ? _second : first, isOne ? RunThreads.One : _firstThreads);
        }
        else if (_fastestOfFirst <= LongestShortRun)
        {
            _work = Task.Run(() => MakeAsync(RunThreads.One));
        }
        else if (_fastestOfFirst >= ShortestLongRun && !isSaving)
        {
            _work = Task.Run(() => MakeAsync(RunThreads.AwakeLonger));
        }
        else
        {
            End_NeedsLock(first, _firstThreads);
        }
    }

    private async Task MakeAsync(RunThreads threads)
    {
        var made = await make(threads, _ending.Token).ConfigureAwait(false);
        Task retiring;
        lock (_lock)
        {
            if (made is not null && !_isOver)
            {
                _second = made;
                _runs = 0;
                if (threads == RunThreads.One)
                {
                    session.Use(made);
                }
                else
                {
                    End_NeedsLock(made, threads);
                }

                return;
            }

            retiring = made?.RetireAsync() ?? Task.CompletedTask;
            if (!_isOver)
            {
                End_NeedsLock(first, found: null);
            }
        }

        await retiring.ConfigureAwait(false);
    }

    private void End_NeedsLock(OnnxGraphSession taken, RunThreads? found)
    {
        _isOver = true;
        session.Use(taken);
        session.EndTrial();

        // A session may still be in the making, which ends by itself.
        var (making, other) = (_work, taken == first ? _second : first);
        _work = Task.Run(() => EndAsync(making, other, found));
    }

    private async Task EndAsync(Task making, OnnxGraphSession? other, RunThreads? found)
    {
        await making.ConfigureAwait(false);
        if (other is not null)
        {
            await other.RetireAsync().ConfigureAwait(false);
        }

        ended(found);
    }
}
