using EdgeAI.Inference;

namespace EdgeAI.Running;

/// <summary>
/// Counts who uses a lease: the lease itself, runs and bindings. The last of them gives the model back. It is the lease's own, so that runs of different models, or under different leases,
/// share no lock.
/// </summary>
/// <param name="giveBack">Gives the model back; called once.</param>
internal sealed class LeaseUse(Func<ValueTask> giveBack)
{
    private int _users = 1;

    /// <exception cref="ObjectDisposedException">The lease was disposed, and no run is left.</exception>
    public void Enter()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0, typeof(IModelLease));
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    public ValueTask LeaveAsync() => Interlocked.Decrement(ref _users) == 0 ? giveBack() : ValueTask.CompletedTask;

    /// <summary>Leaves, and waits: only the last one waits for anything, and only for the session's own disposal.</summary>
    public void Leave()
    {
        var left = LeaveAsync();
        if (!left.IsCompletedSuccessfully)
        {
            left.AsTask().GetAwaiter().GetResult();
        }
    }
}
