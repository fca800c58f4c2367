using EdgeAI.Memory;

namespace EdgeAI.Loading;

/// <summary>Bytes for work beside the loads, which come last.</summary>
internal sealed partial class LoadedModels : IWorkingMemory
{
    private readonly LinkedList<(long Bytes, TaskCompletionSource Granted)> _work = [];

    /// <summary>How many pieces of work wait for room.</summary>
    public int WaitingWork
    {
        get
        {
            lock (_lock)
            {
                return _work.Count;
            }
        }
    }

    public async ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place;
        lock (_lock)
        {
            if (_budget.IsTooLarge(new MemoryUse(bytes, 0, 0)))
            {
                return false;
            }

            place = _work.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
            Admit_NeedsLock();
        }

        try
        {
            await place.Value.Granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _work.Remove(place);
                }
                else
                {
                    // Granted at the last moment.
                    GiveBack_NeedsLock(bytes);
                }
            }

            throw;
        }
    }

    public void GiveBack(long bytes)
    {
        lock (_lock)
        {
            GiveBack_NeedsLock(bytes);
        }
    }

    private void GiveBack_NeedsLock(long bytes)
    {
        _budget.Release(new MemoryUse(bytes, 0, 0));
        Admit_NeedsLock();
    }

    private void AdmitWork_NeedsLock()
    {
        while (_requests.Count == 0 && _work.First is { } first && _budget.Fits(new MemoryUse(first.Value.Bytes, 0, 0)))
        {
            _work.RemoveFirst();
            _budget.Reserve(new MemoryUse(first.Value.Bytes, 0, 0));
            first.Value.Granted.SetResult();
        }
    }
}
