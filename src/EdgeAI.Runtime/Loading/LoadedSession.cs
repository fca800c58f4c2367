using EdgeAI.Memory;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Loading;

/// <summary>A session, its device, and the hot files that it reads; null when they are elsewhere.</summary>
internal sealed class LoadedSession(IModelSession session, ExecutionDevice device, IHotModel? files) : IDisposable
{
    public IModelSession Session => session;

    public ExecutionDevice Device => device;

    public IHotModel? Files => files;

    /// <summary>Whether the files are held for this session; otherwise they are the model's, which was swapped out and is gone from the store.</summary>
    public bool OwnsFiles { get; init; } = true;

    /// <summary>What it takes, so far as is known after its creation.</summary>
    public MemoryUse Memory { get; init; }

    /// <summary>Whether that was measured: by the session itself, or at an earlier load.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>Private bytes that its creation took, as measured; null when they were not, or the session knows itself.</summary>
    public long? CreatedBytes { get; init; }

    /// <summary>Keeps what was measured for the next process; the files are held still.</summary>
    public Action Keep { get; init; } = () => { };

    /// <summary>Gives the session's memory back; the files are held still.</summary>
    public void Dispose() => session.Dispose();
}
