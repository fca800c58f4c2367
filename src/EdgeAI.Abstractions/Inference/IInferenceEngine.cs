using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Inference;

/// <summary>Loads models from the store and keeps them loaded while they are wanted.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IInferenceEngine
{
    /// <summary>
    /// Loads a model, or joins the load that is going on, or takes the one that is loaded; the loading itself happens once however many ask.
    /// </summary>
    /// <param name="model">Which model.</param>
    /// <param name="cancellationToken">Cancels this caller's wait; the load goes on while another caller waits for it.</param>
    /// <returns>A lease: the model stays loaded until it is disposed.</returns>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ModelLoadException">No device could load it.</exception>
    /// <exception cref="ContentCorruptedException">The stored content is damaged.</exception>
    /// <exception cref="MemoryBudgetExceededException">There is no room for it in the memory budget, or there was none in time.</exception>
    ValueTask<IModelLease> LoadAsync(ModelReference model, CancellationToken cancellationToken = default) => LoadAsync(model, null, cancellationToken);

    /// <summary>Does as the other form does, with a priority, a keep-alive, progress and batching.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="options">How this caller wants it; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels this caller's wait; the load goes on while another caller waits for it.</param>
    /// <returns>A lease: the model stays loaded until it is disposed, unless <see cref="SwapOutAsync"/> is called; then its next run loads it again.</returns>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ModelLoadException">No device could load it.</exception>
    /// <exception cref="ContentCorruptedException">The stored content is damaged.</exception>
    /// <exception cref="MemoryBudgetExceededException">There is no room for it in the memory budget, or there was none in time.</exception>
    /// <exception cref="BatchingNotSupportedException">It is to be batched, and can't be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The keep-alive is negative, or an option of batching is out of its range.</exception>
    ValueTask<IModelLease> LoadAsync(ModelReference model, ModelLoadOptions? options, CancellationToken cancellationToken = default);

    /// <summary>Loads a model and keeps it in memory: neither eviction nor <see cref="SwapOutAsync"/> takes it.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="cancellationToken">Cancels this caller's wait.</param>
    /// <returns>A lease that pins; disposing it unpins.</returns>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ModelLoadException">No device could load it.</exception>
    /// <exception cref="MemoryBudgetExceededException">There is no room for it in the memory budget, or there was none in time.</exception>
    ValueTask<IModelLease> PinAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a model's memory back, and returns when it is given back. Runs in progress are finished first. Leases stay valid: the next run loads the model again, inside the budget.
    /// </summary>
    /// <param name="model">Which model.</param>
    /// <param name="cancellationToken">Cancels the wait for runs; the model then stays in memory.</param>
    /// <returns>Whether it was in memory.</returns>
    /// <exception cref="ModelPinnedException">It is pinned.</exception>
    ValueTask<bool> SwapOutAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Loads a model, so that the next run or lease finds it in memory; it then stays for its keep-alive when nobody holds it.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="cancellationToken">Cancels this caller's wait.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ModelLoadException">No device could load it.</exception>
    /// <exception cref="MemoryBudgetExceededException">There is no room for it in the memory budget, or there was none in time.</exception>
    ValueTask SwapInAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>What is in memory, and what may be.</summary>
    MemoryReport GetMemory();

    /// <summary>Every device that a provider found, usable or not, and why; as it is now. An engine without devices of its own has none.</summary>
    IReadOnlyList<DeviceStatus> Devices => [];

    /// <summary>
    /// Makes another policy hold, from now on and for leases that are there already, instead of <see cref="RemotePolicy.LocalFirst"/>, <see cref="RemotePolicy.Fastest"/> and <see cref="RemotePolicy.RemoteFirst"/> of options and loads: for
    /// a rule that hands work over while this machine has too much. What a run asks for itself stays, as do <see cref="RemotePolicy.LocalOnly"/> and <see cref="RemotePolicy.RemoteOnly"/>. Of several the latest holds.
    /// </summary>
    /// <param name="policy">The policy, such as <see cref="RemotePolicy.RemoteFirst"/>.</param>
    /// <param name="reason">Why, in words, for the log.</param>
    /// <returns>Ends it when it is disposed.</returns>
    /// <exception cref="NotSupportedException">The engine has no devices of its own.</exception>
    IDisposable OverrideRemotePolicy(RemotePolicy policy, string reason) => throw new NotSupportedException($"{GetType()} does not choose devices.");

    /// <summary>Is raised, on the request's thread, when a device failed and the request goes to another one. A handler must not throw.</summary>
    event Action<DeviceFault>? DeviceFailed
    {
        add { }
        remove { }
    }
}
