using EdgeAI.Inference;

namespace EdgeAI.Providers;

/// <summary>A session whose runs are waited for, and hold no thread.</summary>
public interface IRemoteSession : IModelSession
{
    /// <summary>Runs the model.</summary>
    /// <param name="inputs">Values that the engine has checked against <see cref="IModelSession.Signature"/>.</param>
    /// <param name="options">How the run is wanted: its priority, and as <see cref="ModelRunOptions.Deadline"/> the time that is left for it.</param>
    /// <param name="cancellationToken">Stops the run; the deadline comes by it too.</param>
    /// <returns>All outputs, which own their memory.</returns>
    /// <exception cref="RemoteUnavailableException">The device can't be reached, or is too busy.</exception>
    /// <exception cref="InferenceException">The run failed there, or its answer can't be read.</exception>
    ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions options, CancellationToken cancellationToken);
}
