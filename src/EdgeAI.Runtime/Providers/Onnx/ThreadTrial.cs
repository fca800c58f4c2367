using System.Diagnostics;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Finds out whether a small model is better off with one thread: threads that share a run of some tens of microseconds wait for each other about as long as they work, and take processors from the
/// runs beside it. A session of one thread takes over after the first runs, and the better one stays; see readme.md beside this file. Thread-safe.
/// </summary>
/// <param name="session">What the model's callers have.</param>
/// <param name="many">The session of many threads that it begins in.</param>
/// <param name="makeOne">Makes the same with one thread; null when there is no room for it or it failed.</param>
/// <param name="ended">Called once when only one session is left: whether it is the one of one thread, null when that was not found out.</param>
internal sealed class ThreadTrial(OnnxSession session, OnnxGraphSession many, Func<CancellationToken, Task<OnnxGraphSession?>> makeOne, Action<bool?> ended) : IAsyncDisposable
{
    /// <summary>How many runs each session is judged by: by the fastest of them, which says least of what else the machine did.</summary>
    public const int Runs = 8;

    // Longer ones have work enough for all threads, or are so seldom that it does not matter.
    private static readonly long LongestRun = Stopwatch.Frequency / 1000;

    // One thread is taken up to here: the processors that it leaves to others are worth more.
    private const double Advantage = 1.25;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private OnnxGraphSession? _one;
    private long _fastestOfMany = long.MaxValue;
    private long _fastestOfOne = long.MaxValue;
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
            if (_isOver || graph != (_one ?? many) || (_one is null && _runs >= Runs))
            {
                return;
            }

            ref var fastest = ref _one is null ? ref _fastestOfMany : ref _fastestOfOne;
            fastest = Math.Min(fastest, ticks);
            if (++_runs < Runs)
            {
                return;
            }

            if (_one is not null)
            {
                End_NeedsLock(_fastestOfOne <= Advantage * _fastestOfMany, isDecided: true);
            }
            else if (_fastestOfMany <= LongestRun)
            {
                _work = Task.Run(BeginAsync);
            }
            else
            {
                End_NeedsLock(isOne: false, isDecided: true);
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
                End_NeedsLock(isOne: _one is not null, isDecided: false);
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

    private async Task BeginAsync()
    {
        var one = await makeOne(_ending.Token).ConfigureAwait(false);
        Task retiring;
        lock (_lock)
        {
            if (one is not null && !_isOver)
            {
                _one = one;
                _runs = 0;
                session.Use(one);
                return;
            }

            retiring = one?.RetireAsync() ?? Task.CompletedTask;
            if (!_isOver)
            {
                End_NeedsLock(isOne: false, isDecided: false);
            }
        }

        await retiring.ConfigureAwait(false);
    }

    private void End_NeedsLock(bool isOne, bool isDecided)
    {
        _isOver = true;
        if (!isOne)
        {
            session.Use(many);
        }

        session.EndTrial();

        // A session may still be in the making, which ends by itself.
        var (making, other) = (_work, isOne ? many : _one);
        _work = Task.Run(() => EndAsync(making, other, isDecided ? isOne : null));
    }

    private async Task EndAsync(Task making, OnnxGraphSession? other, bool? isOne)
    {
        await making.ConfigureAwait(false);
        if (other is not null)
        {
            await other.RetireAsync().ConfigureAwait(false);
        }

        ended(isOne);
    }
}
