using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Loading;

/// <summary>What a caller wants loaded, and how.</summary>
/// <param name="Reference">What it calls the model.</param>
/// <param name="Digest">Which model that is.</param>
/// <param name="Load">Loads it; called at most once for all who ask meanwhile.</param>
/// <param name="KeepAlive">How long it stays after the last holder.</param>
internal sealed record ModelRequest(ModelReference Reference, Digest Digest, Func<SharedLoad, Task<LoadedSession>> Load, TimeSpan KeepAlive)
{
    /// <summary>Whether <see cref="KeepAlive"/> is this caller's own wish, which wins over what holds so far.</summary>
    public bool IsKeepAliveWished { get; init; }

    /// <summary>Which device it is for; null when the loading chooses.</summary>
    public ExecutionDevice? Device { get; init; }

    /// <summary>Whether it runs in the app's process.</summary>
    public ModelIsolation Isolation { get; init; }

    /// <summary>Which session serves it.</summary>
    public SessionKey Key => new(Digest, Device, Isolation);

    public int Priority { get; init; }

    public IProgress<ModelLoadProgress>? Progress { get; init; }
}
