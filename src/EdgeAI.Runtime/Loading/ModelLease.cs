using System.Collections.Immutable;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;

namespace EdgeAI.Loading;

internal sealed class ModelLease(ModelReference reference, SharedModel model, LoadedModels models) : IModelLease
{
    // The load is over before a lease is made.
    private readonly LoadedSession _session = model.Session.Result;
    private readonly LeaseUse _use = new(() => models.ReleaseAsync(model));
    private int _isDisposed;

    public ModelReference Reference => reference;

    public Digest Digest => model.Digest;

    public ModelSignature Signature => _session.Session.Signature;

    public ExecutionDevice Device => _session.Device;

    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        _use.Enter();
        try
        {
            return await Task.Run(() => RunSession(inputs, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _use.LeaveAsync().ConfigureAwait(false);
        }
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        _use.Enter();
        try
        {
            return RunSession(inputs, cancellationToken);
        }
        finally
        {
            _use.Leave();
        }
    }

    public IModelBinding Bind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue>? outputs = null)
    {
        Require(inputs);
        var targets = outputs ?? ImmutableDictionary<string, TensorValue>.Empty;
        OutputCheck.Require(reference, Signature, inputs, targets);
        _use.Enter();
        try
        {
            return new LeasedBinding(reference, BindSession(inputs, targets), _use);
        }
        catch
        {
            _use.Leave();
            throw;
        }
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? _use.LeaveAsync() : ValueTask.CompletedTask;

    private IModelBinding BindSession(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue> outputs) =>
        (_session.Session as IBindableSession)?.TryBind(inputs, outputs) ?? new RepeatedRun(_session.Session, Device.ToString(), inputs, outputs);

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
