using System.Collections.Immutable;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;

namespace EdgeAI.Loading;

internal sealed class ModelLease(ModelReference reference, SharedModel model, LoadedSession loaded, LoadedModels models, bool isPin) : IModelLease
{
    private readonly ExecutionDevice _firstDevice = loaded.Device;
    private int _isDisposed;

    public ModelReference Reference => reference;

    public Digest Digest => model.Digest;

    public ModelSignature Signature { get; } = loaded.Session.Signature;

    public ExecutionDevice Device => model.Gate?.Session.Device ?? _firstDevice;

    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        using var run = await models.EnterAsync(model, cancellationToken).ConfigureAwait(false);
        var session = run.Session;
        return await Task.Run(() => RunSession(session, inputs, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        using var run = models.Enter(model, cancellationToken);
        return RunSession(run.Session, inputs, cancellationToken);
    }

    public IModelBinding Bind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue>? outputs = null)
    {
        Require(inputs);
        var targets = outputs ?? ImmutableDictionary<string, TensorValue>.Empty;
        OutputCheck.Require(reference, Signature, inputs, targets);
        models.Hold(model);
        return new LeasedBinding(reference, model, models, inputs, targets);
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? models.ReleaseAsync(model, isPin) : ValueTask.CompletedTask;

    // A provider knows the model by its files, the caller by its reference.
    private ModelOutputs RunSession(IModelSession session, IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        try
        {
            return session.Run(inputs, cancellationToken);
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
