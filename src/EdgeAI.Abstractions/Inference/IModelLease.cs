using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Inference;

/// <summary>A holder's right to a loaded model.</summary>
/// <remarks>Any number of threads may run it at once. Runs in progress are finished before the last lease lets the model go.</remarks>
public interface IModelLease : IAsyncDisposable
{
    /// <summary>What the model was asked for as.</summary>
    ModelReference Reference { get; }

    /// <summary>The digest of the manifest: exactly which version this is, even if the tag moves on.</summary>
    Digest Digest { get; }

    /// <summary>What goes in and what comes out, as the loaded model says.</summary>
    ModelSignature Signature { get; }

    /// <summary>The device that it was loaded on.</summary>
    ExecutionDevice Device { get; }

    /// <summary>Runs the model on a thread of the pool, for callers that must not block.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place, and must stay as it is until the run is over.</param>
    /// <param name="cancellationToken">Stops the run between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape; the message says what the model wants.</exception>
    /// <exception cref="InferenceException">The model failed while it ran.</exception>
    ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default);

    /// <summary>Runs the model on the calling thread, for loops of many small runs.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place.</param>
    /// <param name="cancellationToken">Stops the run between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape; the message says what the model wants.</exception>
    /// <exception cref="InferenceException">The model failed while it ran.</exception>
    ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default);

    /// <summary>Runs the model where and when the options say, on a thread of the pool. It waits while the device's queue is full.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place, and must stay as it is until the run is over.</param>
    /// <param name="options">How the run is wanted; null for the defaults. A lease that does not schedule ignores them.</param>
    /// <param name="cancellationToken">Takes the run out of the queue, or stops it between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape.</exception>
    /// <exception cref="InferenceException">The model failed on every device that it may go to.</exception>
    /// <exception cref="RunDeadlineException">It was not done by its deadline.</exception>
    /// <exception cref="DeviceUnavailableException">No device that the options allow is there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not more than zero.</exception>
    ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default) =>
        RunAsync(inputs, cancellationToken);

    /// <summary>Does as <see cref="RunAsync(IReadOnlyDictionary{string, ModelValue}, ModelRunOptions?, CancellationToken)"/> does, but answers at once when the queue is full.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place, and must stay as it is until the run is over.</param>
    /// <param name="options">How the run is wanted; null for the defaults. A lease that does not schedule ignores them.</param>
    /// <param name="cancellationToken">Takes the run out of the queue, or stops it between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them. Null when the queue of the device that it would go to is full.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape.</exception>
    /// <exception cref="InferenceException">The model failed on every device that it may go to.</exception>
    /// <exception cref="RunDeadlineException">It was not done by its deadline.</exception>
    /// <exception cref="DeviceUnavailableException">No device that the options allow is there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not more than zero.</exception>
    async ValueTask<ModelOutputs?> TryRunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default) =>
        await RunAsync(inputs, options, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the model where and when the options say, for callers that block. It waits while the device's queue is full.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place.</param>
    /// <param name="options">How the run is wanted; null for the defaults. A lease that does not schedule ignores them.</param>
    /// <param name="cancellationToken">Takes the run out of the queue, or stops it between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape.</exception>
    /// <exception cref="InferenceException">The model failed on every device that it may go to.</exception>
    /// <exception cref="RunDeadlineException">It was not done by its deadline.</exception>
    /// <exception cref="DeviceUnavailableException">No device that the options allow is there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not more than zero.</exception>
    ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default) =>
        Run(inputs, cancellationToken);

    /// <summary>Does as <see cref="Run(IReadOnlyDictionary{string, ModelValue}, ModelRunOptions?, CancellationToken)"/> does, but answers at once when the queue is full.</summary>
    /// <param name="inputs">A value for every required input. Memory in it is read in place.</param>
    /// <param name="options">How the run is wanted; null for the defaults. A lease that does not schedule ignores them.</param>
    /// <param name="cancellationToken">Takes the run out of the queue, or stops it between two operators of the graph.</param>
    /// <returns>All outputs; the caller disposes them. Null when the queue of the device that it would go to is full.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape.</exception>
    /// <exception cref="InferenceException">The model failed on every device that it may go to.</exception>
    /// <exception cref="RunDeadlineException">It was not done by its deadline.</exception>
    /// <exception cref="DeviceUnavailableException">No device that the options allow is there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not more than zero.</exception>
    ModelOutputs? TryRun(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(inputs, options, cancellationToken);

    /// <summary>Binds inputs and outputs for many runs over the same memory, with no managed allocation a run.</summary>
    /// <param name="inputs">A value for every required input. Change the contents of its memory between runs as you like.</param>
    /// <param name="outputs">
    /// Tensors whose memory outputs are written to, by the outputs' names; null or fewer than the model has when the others may be the binding's own. Their memory must be writable, have the
    /// shape that the model gives, and overlap nothing that is bound.
    /// </param>
    /// <returns>The binding; the caller disposes it. It keeps the model loaded, even when this lease is disposed.</returns>
    /// <exception cref="InvalidModelInputException">An input is missing, unknown, or of the wrong type or shape; the message says what the model wants.</exception>
    /// <exception cref="InvalidModelOutputException">An output is unknown, of the wrong type or shape, or can't be written where it is asked for.</exception>
    IModelBinding Bind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue>? outputs = null);
}
