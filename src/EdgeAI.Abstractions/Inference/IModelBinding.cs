namespace EdgeAI.Inference;

/// <summary>
/// A model with its inputs and outputs bound: for many runs over the same memory. Each run reads what is in the inputs' memory then, copies nothing, and allocates no managed
/// memory once the first run is over.
/// </summary>
/// <remarks>
/// Not thread-safe; a model may have any number of bindings that run at once. A binding keeps its model loaded, as a lease does, until it is disposed. A run whose outputs change their shapes from
/// run to run, or are not tensors of a fixed element size, works and allocates.
/// </remarks>
public interface IModelBinding : IDisposable
{
    /// <summary>
    /// What the last run gave. An output that was bound is the tensor that was given for it; all others are the binding's own, and are overwritten or disposed by the next run: copy what must outlive
    /// it, and dispose the binding, not these.
    /// </summary>
    /// <exception cref="InvalidOperationException">No run has succeeded yet.</exception>
    ModelOutputs Outputs { get; }

    /// <summary>Runs the model on the calling thread.</summary>
    /// <param name="cancellationToken">Stops the run between two operators of the graph; a token that can be cancelled may cost some bytes a run.</param>
    /// <exception cref="InferenceException">The model failed while it ran; a bound output may have another shape than the model gave.</exception>
    /// <exception cref="InvalidOperationException">The binding is running on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The binding has been disposed.</exception>
    void Run(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs the model where and when the options say, and waits for it on the calling thread. The binding stays on its device while that works and the options allow it; when it fails, it is bound on the next one, and
    /// goes back when the first is tried again.
    /// </summary>
    /// <param name="options">How the run is wanted; null for the defaults. All but a priority cost some bytes a run, as <see cref="Configuration.InferenceOptions.RunTimeout"/> and the search for NaN do.</param>
    /// <param name="cancellationToken">Takes the run out of the queue, or stops it between two operators of the graph.</param>
    /// <exception cref="InferenceException">
    /// The model failed on every device that it may go to. After a run that hangs the binding can't run again before that has ended, since it may still write to the memory that is bound.
    /// </exception>
    /// <exception cref="RunDeadlineException">It was not done by its deadline.</exception>
    /// <exception cref="DeviceUnavailableException">No device that the options allow is there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not more than zero.</exception>
    /// <exception cref="InvalidOperationException">The binding is running on another thread, or its last run hangs.</exception>
    /// <exception cref="ObjectDisposedException">The binding has been disposed.</exception>
    void Run(ModelRunOptions? options, CancellationToken cancellationToken = default) => Run(cancellationToken);
}
