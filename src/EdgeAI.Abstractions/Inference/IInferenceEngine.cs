using EdgeAI.Models;
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
    ValueTask<IModelLease> LoadAsync(ModelReference model, CancellationToken cancellationToken = default);
}
