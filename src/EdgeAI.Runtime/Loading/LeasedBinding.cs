using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;
using EdgeAI.Scheduling;

namespace EdgeAI.Loading;

/// <summary>
/// A binding that holds a model, as a lease does, until it is disposed, and runs on one thread at a time. It binds again when the model has come back from a swap, to another session, and when its device has failed,
/// on the next one.
/// </summary>
internal sealed class LeasedBinding(
    ModelReference reference,
    ModelSignature signature,
    LeasedModel leased,
    DeviceLane home,
    ModelRunner runner,
    LoadedModels models,
    string? device,
    bool checksOutputs,
    IReadOnlyDictionary<string, ModelValue> inputs,
    IReadOnlyDictionary<string, TensorValue> outputs) : IModelBinding
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Left = 2;
    private const int Disposed = 3;

    private readonly int _bucket = DeviceLane.BucketOf(inputs);
    private readonly SharedModel _model = leased.Find(home)!;
    private DeviceLane? _movedTo;
    private IModelSession? _session;
    private IModelBinding? _binding;
    private ModelOutputs? _accepted;
    private int _state;

    private DeviceLane Lane => _movedTo ?? home;

    public ModelOutputs Outputs => _binding?.Outputs ?? throw new InvalidOperationException("No run has succeeded yet.");

    public void Run(CancellationToken cancellationToken = default) => Run(null, cancellationToken);

    public void Run(ModelRunOptions? options, CancellationToken cancellationToken = default)
    {
        // Two threads in one binding would write to the same memory, in native code too.
        var state = Interlocked.CompareExchange(ref _state, Running, Idle);
        ObjectDisposedException.ThrowIf(state == Disposed, typeof(IModelBinding));
        if (state != Idle)
        {
            throw new InvalidOperationException(state == Left
                ? "The last run hangs, and may still write to the memory that is bound; make another binding over other memory."
                : "The binding is running on another thread; make a binding for each thread.");
        }

        var measured = runner.Telemetry.BeginRun(reference);
        try
        {
            if (runner.IsDirect && options is null)
            {
                RunDirect(cancellationToken);
            }
            else
            {
                RunScheduled(options, cancellationToken);
            }

            runner.Telemetry.EndRun(measured);
        }
        catch (Exception exception)
        {
            runner.Telemetry.FailRun(measured, exception);
            throw;
        }
        finally
        {
            // Not when the run was left: it has the binding until it ends.
            Interlocked.CompareExchange(ref _state, Idle, Running);
        }
    }

    public void Dispose()
    {
        // A run that was left may end at the same moment.
        int state;
        do
        {
            state = Volatile.Read(ref _state);
            if (state == Running)
            {
                throw new InvalidOperationException("The binding is running on another thread; dispose it when the run is over.");
            }
        }
        while (state != Disposed && Interlocked.CompareExchange(ref _state, Disposed, state) != state);

        if (state == Idle)
        {
            Close();
        }
    }

    /// <summary>Runs on a device, and binds there first if need be. For the run that goes on.</summary>
    /// <exception cref="WrongResultException">What the device gave is none of the model's.</exception>
    public ModelOutputs RunOn(IModelSession session, DeviceLane lane, CancellationToken cancellationToken)
    {
        var binding = Bind(session, lane.Device);
        binding.Run(cancellationToken);
        var given = binding.Outputs;
        if (given != _accepted)
        {
            ResultCheck.Require(reference, lane.Device, signature, given);
            _accepted = given;
        }

        _movedTo = lane == home ? null : lane;
        return given;
    }

    /// <summary>The caller leaves a run that hangs.</summary>
    public void NoteLeft() => Volatile.Write(ref _state, Left);

    /// <summary>A run that was left is over.</summary>
    public void NoteLate()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Left) == Disposed)
        {
            Close();
        }
    }

    private void RunDirect(CancellationToken cancellationToken)
    {
        try
        {
            using var run = models.Enter(_model, cancellationToken);
            var begun = runner.Telemetry.BeginOnDevice();
            RunOn(run.Session, home, cancellationToken);
            runner.Telemetry.EndOnDevice(home, begun);
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

    private void RunScheduled(ModelRunOptions? options, CancellationToken cancellationToken)
    {
        // Back, once the device that failed is tried again.
        _movedTo = _movedTo is null || home.IsOutFor(leased.Digest) ? _movedTo : null;
        Exception? failure = null;
        if (options is null or { Deadline: null, Device: null, PowerPolicy: null, RemotePolicy: null } && !runner.HasTimeout && !checksOutputs && !Lane.IsOutFor(leased.Digest))
        {
            failure = RunStraight(options?.Priority ?? RunPriority.Normal, cancellationToken);
            if (failure is null)
            {
                return;
            }
        }

        RunAnywhere(options, failure, cancellationToken);
    }

    // What most runs are: on the device where the binding is, without an allocation.
    private Exception? RunStraight(RunPriority priority, CancellationToken cancellationToken)
    {
        var lane = Lane;
        runner.Admit(reference, priority, isTry: false);
        var coming = lane.NoteComing(leased.Digest, _bucket);
        try
        {
            var entering = runner.Telemetry.WaitForTurnAsync(lane, lane.Queue.EnterAsync(leased.Digest, priority, isTry: false, cancellationToken));
            _ = entering.IsCompletedSuccessfully ? entering.Result : entering.AsTask().GetAwaiter().GetResult();
            var started = Stopwatch.GetTimestamp();
            try
            {
                using var run = models.Enter(leased.Find(lane)!, cancellationToken);
                RunOn(run.Session, lane, cancellationToken);
            }
            finally
            {
                lane.Queue.Exit(leased.Digest, Stopwatch.GetElapsedTime(started));
            }

            var duration = Stopwatch.GetElapsedTime(started);
            lane.NoteSuccess(leased.Digest, _bucket, duration);
            runner.Telemetry.NoteOnDevice(lane, duration);
            return null;
        }
        catch (Exception exception) when (ModelRunner.IsDeviceFailure(exception, cancellationToken))
        {
            return exception;
        }
        finally
        {
            lane.NoteGone(coming);
        }
    }

    private void RunAnywhere(ModelRunOptions? options, Exception? failure, CancellationToken cancellationToken)
    {
        var call = new BoundCall(reference, leased, signature, inputs, this) { Device = device, IsChecked = checksOutputs, IsBlocking = true, Lane = Lane, Failure = failure };
        runner.RunAsync(options is null ? call : call with { Options = options }, cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    private IModelBinding Bind(IModelSession session, ExecutionDevice on)
    {
        if (_binding is { } bound && session == _session)
        {
            return bound;
        }

        _accepted = null;
        _binding?.Dispose();
        _binding = null;
        _binding = (session as IBindableSession)?.TryBind(inputs, outputs) ?? new RepeatedRun(reference, on, signature, session, inputs, outputs);
        _session = session;
        return _binding;
    }

    private void Close()
    {
        _binding?.Dispose();
        var leaving = leased.DisposeAsync();
        if (!leaving.IsCompletedSuccessfully)
        {
            leaving.AsTask().GetAwaiter().GetResult();
        }
    }
}
