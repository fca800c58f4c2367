using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Loading;

/// <summary>
/// A model that is loaded, being loaded, leaving or swapped out, and who holds it. Its fields belong to <see cref="LoadedModels"/> and change under its lock;
/// see readme.md beside this file for the states.
/// </summary>
internal sealed class SharedModel(ModelRequest request, ModelProfile profile)
{
    private volatile SessionGate? _gate;
    private volatile int _holders;

    public Digest Digest => request.Digest;

    /// <summary>What it was first asked for as.</summary>
    public ModelReference Reference => request.Reference;

    /// <summary>The first one, by which it is loaded again after a swap.</summary>
    public ModelRequest Request => request;

    public ModelProfile Profile => profile;

    public TimeSpan KeepAlive { get; set; } = request.KeepAlive;

    /// <summary>The session, while it may be run; any thread may read it.</summary>
    public SessionGate? Gate
    {
        get => _gate;
        set => _gate = value;
    }

    /// <summary>The load that goes on.</summary>
    public SharedLoad? Load { get; set; }

    /// <summary>Completes when a session that leaves is gone, or stays after all.</summary>
    public TaskCompletionSource? Leaving { get; set; }

    /// <summary>Leases, and callers that wait; any thread may read it.</summary>
    public int Holders
    {
        get => _holders;
        set => _holders = value;
    }

    /// <summary>The hot files, held for those who lease the model while it is swapped out: it may be gone from the store when it is to come back.</summary>
    public IHotModel? Files { get; set; }

    /// <summary>How many of the holders want it never swapped out.</summary>
    public int Pins { get; set; }

    /// <summary>What is reserved for it.</summary>
    public MemoryUse Charge { get; set; }

    /// <summary>Whether the charge was measured.</summary>
    public bool IsMeasured { get; set; }

    /// <summary>Runs out when the model has been idle for its keep-alive.</summary>
    public ITimer? IdleTimer { get; set; }

    public LoadedModelState State =>
        Leaving is not null ? LoadedModelState.Leaving
        : Load is not null ? LoadedModelState.Loading
        : Gate is not null ? LoadedModelState.Loaded
        : LoadedModelState.Out;
}
