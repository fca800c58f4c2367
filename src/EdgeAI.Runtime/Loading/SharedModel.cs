using EdgeAI.Models;

namespace EdgeAI.Loading;

/// <summary>
/// A model that is being loaded, or is loaded, and how many hold it: callers that wait, leases, runs. Its fields belong to
/// <see cref="LoadedModels"/> and change under its lock.
/// </summary>
internal sealed class SharedModel(Digest digest) : IDisposable
{
    public Digest Digest => digest;

    /// <summary>Cancelled when the last caller that waits goes away.</summary>
    public CancellationTokenSource Loading { get; } = new();

    /// <summary>The load, which all callers share.</summary>
    public Task<LoadedSession> Session { get; set; } = null!;

    public int Holders { get; set; }

    /// <summary>Runs out when the model has been idle for its keep-alive.</summary>
    public ITimer? IdleTimer { get; set; }

    /// <summary>Whether nobody may take it up any more.</summary>
    public bool IsGone { get; set; }

    public void Dispose()
    {
        IdleTimer?.Dispose();
        Loading.Dispose();
    }
}
