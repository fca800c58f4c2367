using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Providers;

/// <summary>Runs models that are elsewhere, and known there by name: nothing is laid out for it on this machine, and no memory reserved.</summary>
/// <remarks>
/// Its devices are of kind <see cref="DeviceKind.Remote"/>. A device that can't be reached throws <see cref="RemoteUnavailableException"/> and says so in <see cref="IExecutionProvider.FindProblem"/> until it can;
/// the engine then leaves it alone for just that long.
/// </remarks>
public interface IRemoteExecutionProvider : IExecutionProvider
{
    /// <summary>Makes a session for a model that the device has.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">One of <see cref="IExecutionProvider.Devices"/>.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>A session, best an <see cref="IRemoteSession"/>. Its signature is the store's where there is one, otherwise what the device says.</returns>
    /// <exception cref="ModelLoadException">
    /// The device can't run this model; with a <see cref="ModelNotFoundException"/> inside when it does not have it.
    /// </exception>
    /// <exception cref="RemoteUnavailableException">The device can't be reached.</exception>
    ValueTask<IModelSession> CreateSessionAsync(RemoteModel model, ExecutionDevice device, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    ValueTask<IModelSession> IExecutionProvider.CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"'{Name}' runs models by their names, not from files.");
}
