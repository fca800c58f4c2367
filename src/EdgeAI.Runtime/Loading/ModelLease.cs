using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;

namespace EdgeAI.Loading;

internal sealed class ModelLease(ModelReference reference, SharedModel model, LoadedModels models) : IModelLease
{
    // The load is over before a lease is made.
    private readonly LoadedSession _session = model.Session.Result;
    private int _isDisposed;

    public ModelReference Reference => reference;

    public Digest Digest => model.Digest;

    public ModelSignature Signature => _session.Session.Signature;

    public ExecutionDevice Device => _session.Device;

    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        models.Hold(model);
        try
        {
            return await Task.Run(() => RunSession(inputs, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await models.ReleaseAsync(model).ConfigureAwait(false);
        }
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        models.Hold(model);
        try
        {
            return RunSession(inputs, cancellationToken);
        }
        finally
        {
            // Only the last holder's release waits for anything, and only for the session's own disposal.
            models.ReleaseAsync(model).AsTask().GetAwaiter().GetResult();
        }
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? models.ReleaseAsync(model) : ValueTask.CompletedTask;

    // A provider knows the model by its files, the caller by its reference.
    private ModelOutputs RunSession(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        try
        {
            return _session.Session.Run(inputs, cancellationToken);
        }
        catch (InferenceException exception)
        {
            throw new InferenceException(reference.ToString(), exception.Device, (exception.InnerException ?? exception).Message, exception);
        }
    }

    private void Require(IReadOnlyDictionary<string, ModelValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        InputCheck.Require(reference, Signature, inputs);
    }
}
