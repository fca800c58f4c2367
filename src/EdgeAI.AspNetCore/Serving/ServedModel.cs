using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>A model that requests are answered with: one lease for all of them. It is given back when its owner has left it and the last request in it is over. Thread-safe.</summary>
internal sealed class ServedModel(ModelReference reference, IModelLease lease, bool isBatched, ModelCounters counters)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 1;

    /// <summary>What it is called with its tag.</summary>
    public ModelReference Reference => reference;

    public string Name => reference.Name;

    /// <summary>The protocol's version: the tag, or the digest.</summary>
    public string Version { get; } = reference.Tag ?? reference.Digest.ToString()!;

    public IModelLease Lease => lease;

    /// <summary>Whether requests share runs, so that each waits for the others without a thread of its own.</summary>
    public bool IsBatched => isBatched;

    public ModelCounters Counters => counters;

    /// <summary>When it was last compared with the store, in the time provider's ticks.</summary>
    public long CheckedAt { get; set; }

    /// <summary>When it was last asked for, in the time provider's ticks.</summary>
    public long UsedAt { get; set; }

    /// <summary>Whether it was loaded by its operator, and stays until it is unloaded.</summary>
    public bool IsKept { get; set; }

    /// <summary>Holds it for a request.</summary>
    /// <returns>False when it is being given back.</returns>
    public bool TryEnter()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
        return true;
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _left.SetResult();
        }
    }

    /// <summary>The owner leaves; returns when the lease is given back. Called once.</summary>
    public async Task RetireAsync()
    {
        Exit();
        await _left.Task.ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
    }
}
