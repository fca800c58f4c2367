using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;
using EdgeAI.Scheduling;

namespace EdgeAI.Loading;

/// <summary>
/// A binding that holds a model, as a lease does, until it is disposed, and runs on one thread at a time. It binds again when the model has come back from a swap, to another session.
/// </summary>
internal sealed class LeasedBinding(
    ModelReference reference,
    SharedModel model,
    LoadedModels models,
    DeviceQueue queue,
    IReadOnlyDictionary<string, ModelValue> inputs,
    IReadOnlyDictionary<string, TensorValue> outputs) : IModelBinding
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Disposed = 2;

    private IModelSession? _session;
    private IModelBinding? _binding;
    private int _state;

    public ModelOutputs Outputs => _binding?.Outputs ?? throw new InvalidOperationException("No run has succeeded yet.");

    public void Run(CancellationToken cancellationToken = default)
    {
        // Two threads in one binding would write to the same memory, in native code too.
        var state = Interlocked.CompareExchange(ref _state, Running, Idle);
        ObjectDisposedException.ThrowIf(state == Disposed, typeof(IModelBinding));
        if (state == Running)
        {
            throw new InvalidOperationException("The binding is running on another thread; make a binding for each thread.");
        }

        try
        {
            if (queue.IsLimited)
            {
                RunInTurn(cancellationToken);
            }
            else
            {
                RunNow(cancellationToken);
            }
        }
        catch (InferenceException exception)
        {
            throw new InferenceException(reference.ToString(), exception.Device, (exception.InnerException ?? exception).Message, exception);
        }
        finally
        {
            Volatile.Write(ref _state, Idle);
        }
    }

    public void Dispose()
    {
        var state = Interlocked.CompareExchange(ref _state, Disposed, Idle);
        if (state == Running)
        {
            throw new InvalidOperationException("The binding is running on another thread; dispose it when the run is over.");
        }

        if (state == Idle)
        {
            _binding?.Dispose();
            models.Release(model);
        }
    }

    private void RunInTurn(CancellationToken cancellationToken)
    {
        queue.EnterAsync(model.Digest, RunPriority.Normal, isTry: false, cancellationToken).AsTask().GetAwaiter().GetResult();
        var started = Stopwatch.GetTimestamp();
        try
        {
            RunNow(cancellationToken);
        }
        finally
        {
            queue.Exit(model.Digest, Stopwatch.GetElapsedTime(started));
        }
    }

    private void RunNow(CancellationToken cancellationToken)
    {
        using var run = models.Enter(model, cancellationToken);
        Bind(run).Run(cancellationToken);
    }

    private IModelBinding Bind(RunScope run)
    {
        var session = run.Session;
        if (_binding is { } bound && session == _session)
        {
            return bound;
        }

        _binding?.Dispose();
        _binding = null;
        _binding = (session as IBindableSession)?.TryBind(inputs, outputs) ?? new RepeatedRun(session, run.Device.ToString(), inputs, outputs);
        _session = session;
        return _binding;
    }
}
