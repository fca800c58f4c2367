using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Memory;

/// <summary>A model that an engine has, and what it takes. A snapshot.</summary>
/// <param name="Reference">What it was first asked for as.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="State">Where it is.</param>
/// <param name="Memory">The bytes that are reserved for it; none while it is out.</param>
/// <param name="IsMeasured">Whether <paramref name="Memory"/> was measured; estimated otherwise.</param>
/// <param name="Leases">How many leases and waiting callers hold it, pins included.</param>
/// <param name="Pins">How many of them are pins.</param>
public sealed record LoadedModel(
    ModelReference Reference,
    Digest Digest,
    LoadedModelState State,
    MemoryUse Memory,
    bool IsMeasured,
    int Leases,
    int Pins)
{
    /// <summary>The device that it is or was loaded on; a model that is on several devices is in the report once for each.</summary>
    public ExecutionDevice? Device { get; init; }

    /// <summary>Whether it runs in the app's process or in a worker, whose whole private memory is then in <see cref="Memory"/>; a model that runs in both is in the report once for each.</summary>
    public ModelIsolation Isolation { get; init; }
}
