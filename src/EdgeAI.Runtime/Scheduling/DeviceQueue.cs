using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Scheduling;

/// <summary>
/// Runs that wait for a device. The highest priority comes first, then the model that the device has worked for least, then whoever came first; every eighth turn is the longest wait's.
/// Thread-safe.
/// </summary>
internal sealed class DeviceQueue(DeviceOptions options)
{
    private const int TurnsByOrder = 7;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly Dictionary<Digest, TimeSpan> _served = [];
    private TimeSpan _servedLast;
    private int _running;
    private int _hung;
    private int _turn;

    /// <summary>Whether there is a limit, and so a queue.</summary>
    public bool IsLimited => options.MaxConcurrentRuns > 0;

    /// <summary>How many runs wait.</summary>
    public int Length
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Whether one more would have to wait in a queue that has as many as it should.</summary>
    public bool IsFull
    {
        get
        {
            if (!IsLimited)
            {
                return false;
            }

            lock (_lock)
            {
                return _running >= options.MaxConcurrentRuns && _waiters.Count >= options.QueueLength;
            }
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <param name="model">The model that is to run.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="isTry">Whether a full queue is an answer.</param>
    /// <param name="cancellationToken">Leaves the queue.</param>
    /// <returns>True with the turn, which <see cref="Exit"/> ends; false when the queue is full.</returns>
    /// <exception cref="TimeoutException">All turns are taken by runs that hang.</exception>
    public ValueTask<bool> EnterAsync(Digest model, RunPriority priority, bool isTry, CancellationToken cancellationToken)
    {
        if (!IsLimited)
        {
            return new(true);
        }

        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (_running < options.MaxConcurrentRuns)
            {
                _running++;
                return new(true);
            }

            if (IsStuck)
            {
                throw Stuck();
            }

            if (isTry && _waiters.Count >= options.QueueLength)
            {
                return new(false);
            }

            // Nobody saves up turns while it has nothing to run.
            var served = _served.GetValueOrDefault(model);
            _served[model] = served > _servedLast ? served : _servedLast;
            waiter = _waiters.AddLast(new Waiter(model, priority));
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Ends a turn.</summary>
    /// <param name="model">The model that ran.</param>
    /// <param name="duration">How long.</param>
    public void Exit(Digest model, TimeSpan duration)
    {
        if (!IsLimited)
        {
            return;
        }

        lock (_lock)
        {
            _served[model] = _served.GetValueOrDefault(model, _servedLast) + duration;
            Pass_NeedsLock();
        }
    }

    /// <summary>Notes that so many runs more hang; when all turns are theirs, those who wait are sent away, since nobody knows whether a turn will ever end.</summary>
    public void NoteHung(int change)
    {
        lock (_lock)
        {
            _hung += change;
            while (IsStuck && _waiters.First is { } waiter)
            {
                _waiters.Remove(waiter);
                waiter.Value.Turn.SetResult(false);
            }
        }
    }

    private bool IsStuck => IsLimited && _hung >= options.MaxConcurrentRuns;

    private TimeoutException Stuck() => new($"All {options.MaxConcurrentRuns} runs at once that the device may do are taken by runs that hang.");

    private async ValueTask<bool> WaitAsync(LinkedListNode<Waiter> waiter, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Value.Turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false) ? true : throw Stuck();
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.List is not null)
                {
                    _waiters.Remove(waiter);
                }
                else if (waiter.Value.Turn.Task.Result)
                {
                    // Its turn came at the same moment; the next one has it.
                    Pass_NeedsLock();
                }
            }

            throw;
        }
    }

    private void Pass_NeedsLock()
    {
        if (_waiters.First is null)
        {
            _running--;
            if (_running == 0)
            {
                _served.Clear();
                _servedLast = TimeSpan.Zero;
            }

            return;
        }

        var next = _waiters.First;
        if (_turn++ % (TurnsByOrder + 1) != TurnsByOrder)
        {
            for (var waiter = next.Next; waiter is not null; waiter = waiter.Next)
            {
                next = ComesBefore_NeedsLock(waiter.Value, next.Value) ? waiter : next;
            }
        }

        _waiters.Remove(next);
        _servedLast = _served[next.Value.Model];
        next.Value.Turn.SetResult(true);
    }

    private bool ComesBefore_NeedsLock(Waiter one, Waiter other) =>
        one.Priority > other.Priority || (one.Priority == other.Priority && _served[one.Model] < _served[other.Model]);

    private sealed record Waiter(Digest Model, RunPriority Priority)
    {
        public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
