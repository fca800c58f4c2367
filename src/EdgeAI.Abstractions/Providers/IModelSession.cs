using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;

namespace EdgeAI.Providers;

/// <summary>A model loaded on a device by an execution provider.</summary>
/// <remarks>Any number of threads may run it at once. The engine disposes it when no run is in progress.</remarks>
public interface IModelSession : IDisposable
{
    /// <summary>What goes in and what comes out.</summary>
    ModelSignature Signature { get; }

    /// <summary>The memory that the session takes, so far as it knows. A kind that it does not know is 0, and the engine measures or estimates it.</summary>
    /// <value>The default is nothing.</value>
    MemoryUse Memory => default;

    /// <summary>Runs the model on the calling thread.</summary>
    /// <param name="inputs">Values that the engine has checked against <see cref="Signature"/>.</param>
    /// <param name="cancellationToken">Stops the run as soon as the device can.</param>
    /// <returns>All outputs, which own their memory.</returns>
    /// <exception cref="InferenceException">The run failed.</exception>
    ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken);
}
