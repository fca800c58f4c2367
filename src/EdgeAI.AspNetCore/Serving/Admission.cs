using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>Who runs, and who waits: so many runs at once, the highest priority first, and behind a full queue nobody. Thread-safe.</summary>
internal sealed class Admission(int maxRuns, int queueLength)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource>[] _waiting = [[], [], []];
    private int _running;
    private int _length;
    private int _open;

    /// <summary>How many requests wait.</summary>
    public int Waiting => Volatile.Read(ref _length);

    /// <summary>Waits for a run; the caller ends it with <see cref="Exit"/>.</summary>
    /// <exception cref="ProtocolException">The queue is full.</exception>
    public ValueTask EnterAsync(RunPriority priority, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> waiter;
        lock (_lock)
        {
            if (_running < maxRuns)
            {
                _running++;
                return ValueTask.CompletedTask;
            }

            if (_length >= queueLength)
            {
                throw ProtocolException.Busy();
            }

            _length++;
            waiter = _waiting[RunPriority.High - priority].AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Ends a run.</summary>
    public void Exit()
    {
        lock (_lock)
        {
            Pass_NeedsLock();
        }
    }

    /// <summary>Counts a request that waits elsewhere; the caller ends it with <see cref="Leave"/>.</summary>
    /// <exception cref="ProtocolException">As many as may run and wait do so already.</exception>
    public void Join()
    {
        if (Interlocked.Increment(ref _open) > maxRuns + queueLength)
        {
            Interlocked.Decrement(ref _open);
            throw ProtocolException.Busy();
        }
    }

    /// <summary>Ends what <see cref="Join"/> began.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.List is { } list)
                {
                    list.Remove(waiter);
                    _length--;
                }
                else
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
        foreach (var list in _waiting)
        {
            if (list.First is { } next)
            {
                list.Remove(next);
                _length--;
                next.Value.SetResult();
                return;
            }
        }

        _running--;
    }
}
