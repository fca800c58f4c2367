using System.Collections.Immutable;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;
using EdgeAI.Scheduling;

namespace EdgeAI.Loading;

/// <summary>A lease. Where there is one device without a limit its runs go straight to the session, without a lock.</summary>
internal sealed class ModelLease(
    ModelReference reference,
    SharedModel model,
    LoadedSession loaded,
    LeasedModel leased,
    DeviceLane lane,
    ModelRunner runner,
    LoadedModels models,
    string? device,
    bool checksOutputs) : IModelLease
{
    private readonly ExecutionDevice _firstDevice = loaded.Device;
    private int _isDisposed;

    public ModelReference Reference => reference;

    public Digest Digest => model.Digest;

    public ModelSignature Signature { get; } = loaded.Session.Signature;

    public ExecutionDevice Device => model.Gate?.Session.Device ?? _firstDevice;

    public ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default) =>
        RunAsync(inputs, null, cancellationToken);

    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        if (options is not null || !runner.IsDirect)
        {
            return (await runner.RunAsync(CallOf(inputs, options), cancellationToken).ConfigureAwait(false))!;
        }

        var measured = runner.Telemetry.BeginRun(reference);
        try
        {
            using var run = await models.EnterAsync(model, cancellationToken).ConfigureAwait(false);
            var outputs = await Task.Run(() => RunSession(run, inputs, cancellationToken), cancellationToken).ConfigureAwait(false);
            runner.Telemetry.EndRun(measured);
            return outputs;
        }
        catch (Exception exception)
        {
            runner.Telemetry.FailRun(measured, exception);
            throw;
        }
    }

    public ValueTask<ModelOutputs?> TryRunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        return runner.RunAsync(CallOf(inputs, options) with { IsTry = true }, cancellationToken);
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        if (!runner.IsDirect)
        {
            return Wait(runner.RunAsync(CallOf(inputs, null) with { IsBlocking = true }, cancellationToken))!;
        }

        var measured = runner.Telemetry.BeginRun(reference);
        try
        {
            using var run = models.Enter(model, cancellationToken);
            var outputs = RunSession(run, inputs, cancellationToken);
            runner.Telemetry.EndRun(measured);
            return outputs;
        }
        catch (Exception exception)
        {
            runner.Telemetry.FailRun(measured, exception);
            throw;
        }
    }

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options, CancellationToken cancellationToken = default)
    {
        if (options is null)
        {
            return Run(inputs, cancellationToken);
        }

        Require(inputs);
        return Wait(runner.RunAsync(CallOf(inputs, options) with { IsBlocking = true }, cancellationToken))!;
    }

    public ModelOutputs? TryRun(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        Require(inputs);
        return Wait(runner.RunAsync(CallOf(inputs, options) with { IsBlocking = true, IsTry = true }, cancellationToken));
    }

    public IModelBinding Bind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue>? outputs = null)
    {
        Require(inputs);
        var targets = outputs ?? ImmutableDictionary<string, TensorValue>.Empty;
        OutputCheck.Require(reference, Signature, inputs, targets);
        return new LeasedBinding(reference, Signature, leased.Share(lane), lane, runner, models, device, checksOutputs, inputs, targets);
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? leased.DisposeAsync() : ValueTask.CompletedTask;

    private static ModelOutputs? Wait(ValueTask<ModelOutputs?> running) =>
        running.IsCompletedSuccessfully ? running.Result : running.AsTask().GetAwaiter().GetResult();

    private RunCall CallOf(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? options)
    {
        var call = new RunCall(reference, leased, Signature, inputs) { Device = device, IsChecked = checksOutputs };
        return options is null ? call : call with { Options = options };
    }

    // A provider knows the model by its files, the caller by its reference.
    private ModelOutputs RunSession(RunScope run, IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        try
        {
            var begun = runner.Telemetry.BeginOnDevice();
            var outputs = run.Session.Run(inputs, cancellationToken);
            runner.Telemetry.EndOnDevice(lane, begun);
            return ResultCheck.Accept(reference, run.Device, Signature, outputs);
        }
        catch (InferenceException exception)
        {
            throw new InferenceException(reference.ToString(), exception.Device, (exception.InnerException ?? exception).Message, exception);
        }
        catch (WrongResultException exception)
        {
            throw new InferenceException(reference.ToString(), exception.Device, exception.Message, exception);
        }
    }

    private void Require(IReadOnlyDictionary<string, ModelValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        InputCheck.Require(reference, Signature, inputs);
    }
}
