namespace EdgeAI.Loading;

/// <summary>
/// Counts the runs on a session without a lock, and shuts it: nobody comes in any more, and those who are in are waited for. Entering and leaving are for any thread; shutting and opening
/// belong to the lock of the loaded models.
/// </summary>
internal sealed class SessionGate(LoadedSession session)
{
    // The number of runs, and this bit while it is shut.
    private const int Shut = int.MinValue;

    private int _state;
    private int _runs;
    private TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoadedSession Session => session;

    /// <summary>Whether no run is going on.</summary>
    public bool IsIdle => (Volatile.Read(ref _state) & ~Shut) == 0;

    /// <summary>Whether any run was ever begun.</summary>
    public bool HasRun => Volatile.Read(ref _runs) != 0;

    /// <summary>Says once that the next run is the session's first.</summary>
    public bool TakeFirstRun() => Volatile.Read(ref _runs) == 0 && Interlocked.Exchange(ref _runs, 1) == 0;

    /// <summary>Begins a run, unless the gate is shut.</summary>
    public bool TryEnter()
    {
        var state = Volatile.Read(ref _state);
        while (state >= 0)
        {
            var found = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (found == state)
            {
                return true;
            }

            state = found;
        }

        return false;
    }

    /// <summary>Ends a run.</summary>
    /// <returns>Whether it was the last one that went on.</returns>
    public bool Exit()
    {
        var state = Interlocked.Decrement(ref _state);
        if (state == Shut)
        {
            _empty.TrySetResult();
        }

        return (state & ~Shut) == 0;
    }

    /// <summary>Shuts the gate if no run is going on.</summary>
    public bool TryShutIdle() => Interlocked.CompareExchange(ref _state, Shut, 0) == 0;

    /// <summary>Shuts the gate.</summary>
    /// <returns>Completes when the last run is over.</returns>
    public Task ShutAsync()
    {
        // Before the bit, so that whoever ends the last run sees it.
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _empty, empty);
        if (Interlocked.Or(ref _state, Shut) == 0)
        {
            empty.TrySetResult();
        }

        return empty.Task;
    }

    /// <summary>Opens a gate that was shut.</summary>
    public void Open() => Interlocked.And(ref _state, ~Shut);
}
