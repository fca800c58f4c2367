using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>A model as its callers see it, whatever session of ONNX Runtime it runs in at the moment; see readme.md beside this file.</summary>
internal sealed class OnnxSession : IBindableSession, IGrowingSession
{
    private readonly string _name;
    private readonly ExecutionDevice _device;
    private readonly string[] _outputNames;
    private readonly bool _isOnProcessors;
    private readonly CancellationTokenSource _disposing = new();
    private OnnxGraphSession _current;
    private Func<CancellationToken, Task<OnnxGraphSession?>>? _makeNext;
    private Action? _changed;
    private Task _changeOver = Task.CompletedTask;
    private ThreadTrial? _trial;
    private ThreadTrial? _running;
    private CrowdSession? _crowd;
    private volatile bool _isDisposed;

    public OnnxSession(string name, ExecutionDevice device, ModelSignature signature, OnnxGraphSession graph)
    {
        _name = name;
        _device = device;
        _current = graph;
        _isOnProcessors = device.Kind == DeviceKind.Cpu;
        _outputNames = [.. graph.Session.OutputNames];
        Signature = signature;
    }

    public ModelSignature Signature { get; }

    public Action<long>? Grown { get; set; }

    public MemoryUse Memory => new(0, Volatile.Read(ref _current).MappedBytes, 0);

    /// <summary>Shared by all runs that nobody can cancel; it is never written to.</summary>
    public static RunOptions Uncancellable { get; } = new();

    /// <summary>
    /// Makes another session of the same graph behind the runs, and changes over to it between two of them. The making begins when the first run is over, for that one is waited for
    /// most. Called once, before the session is handed out.
    /// </summary>
    /// <param name="make">Makes it; null when that failed, was said, and the session stays as it is. Cancelled by <see cref="Dispose"/>.</param>
    /// <param name="changed">Called when the old session is gone.</param>
    public void ChangeOverAfterFirstRun(Func<CancellationToken, Task<OnnxGraphSession?>> make, Action changed)
    {
        _makeNext = make;
        _changed = changed;
    }

    /// <summary>Begins to find out how many threads serve best. Called once, before the session is handed out.</summary>
    /// <param name="isSaving">Whether power is to be saved.</param>
    /// <param name="make">Makes a session of other threads; null when it can't be made.</param>
    /// <param name="ended">Called when only one session is left: which it is, null when that was not found out.</param>
    public void TryThreads(bool isSaving, Func<RunThreads, CancellationToken, Task<OnnxGraphSession?>> make, Action<RunThreads?> ended)
    {
        _trial = new ThreadTrial(this, _current, isSaving, make, ended);
        _running = _trial;
    }

    /// <summary>From now on, runs are by one thread each while there is one for each processor. Called at most once.</summary>
    /// <param name="make">Makes the session of one thread, of which memory is counted by <see cref="Grown"/>; null when it can't be made.</param>
    public void UseOneThreadInCrowds(Func<CancellationToken, Task<OnnxGraphSession?>> make) => Volatile.Write(ref _crowd, new CrowdSession(make));

    /// <summary>Runs are in another session from now on; who changes it retires the one before.</summary>
    public void Use(OnnxGraphSession graph) => Volatile.Write(ref _current, graph);

    /// <summary>No run is counted any more.</summary>
    public void EndTrial() => Volatile.Write(ref _running, null);

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        var graph = HoldForOne();
        try
        {
            using var bound = new OnnxInputs(inputs);
            var trial = Volatile.Read(ref _running);
            var started = trial is null ? 0 : Stopwatch.GetTimestamp();
            var outputs = cancellationToken.CanBeCanceled ? RunCancellable(graph, bound, cancellationToken) : Run(graph, bound, Uncancellable);
            trial?.Note(graph, Stopwatch.GetTimestamp() - started);
            return outputs;
        }
        catch (OnnxRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(exception);
        }
        finally
        {
            Release(graph);
        }
    }

    public IModelBinding? TryBind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue> outputs)
    {
        if (!inputs.Values.All(value => value is TensorValue { ElementType: not ElementType.String } or OptionalValue))
        {
            return null;
        }

        // What is bound would have to be bound anew, and an output may be another one's input.
        _trial?.Stop();
        return new OnnxBinding(this, inputs, outputs);
    }

    /// <summary>The session to run in from run to run, held for one of them.</summary>
    public OnnxGraphSession Hold()
    {
        var graph = HoldCurrent();
        Begin();
        return graph;
    }

    /// <summary>Ends the run that held it.</summary>
    public void Release(OnnxGraphSession graph)
    {
        if (_isOnProcessors)
        {
            ProcessorRuns.End();
        }

        graph.Release();
        if (_makeNext is not null)
        {
            StartChangeOver();
        }
    }

    public InferenceException Failed(OnnxRuntimeException exception) => new(_name, _device.ToString(), exception.Message, exception);

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _disposing.Cancel();

        // What is made behind reads the hot files and writes beside them; both are the caller's from here on.
        _changeOver.GetAwaiter().GetResult();
        _trial?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _crowd?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _current.RetireAsync().GetAwaiter().GetResult();
        _disposing.Dispose();
    }

    // The session for a run that nothing ties to the one before.
    private OnnxGraphSession HoldForOne()
    {
        var crowd = Volatile.Read(ref _crowd);
        var graph = (crowd is not null && ProcessorRuns.IsCrowded() ? crowd.TryHold() : null) ?? HoldCurrent();
        Begin();
        return graph;
    }

    private OnnxGraphSession HoldCurrent()
    {
        while (true)
        {
            // One that can't be held any more has a successor already, or none.
            var graph = Volatile.Read(ref _current);
            if (graph.TryHold())
            {
                return graph;
            }

            ObjectDisposedException.ThrowIf(_isDisposed, this);
        }
    }

    private void Begin()
    {
        if (_isOnProcessors)
        {
            ProcessorRuns.Begin();
        }
    }

    // Apart from the release, which would otherwise allocate what the lambda captures at each run.
    private void StartChangeOver()
    {
        if (Interlocked.Exchange(ref _makeNext, null) is { } make)
        {
            _changeOver = Task.Run(() => ChangeOverAsync(make));
        }
    }

    private async Task ChangeOverAsync(Func<CancellationToken, Task<OnnxGraphSession?>> make)
    {
        if (await make(_disposing.Token).ConfigureAwait(false) is { } next)
        {
            await Interlocked.Exchange(ref _current, next).RetireAsync().ConfigureAwait(false);
            _changed!();
        }
    }

    private ModelOutputs RunCancellable(OnnxGraphSession graph, OnnxInputs inputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var registration = cancellationToken.Register(state => ((RunOptions)state!).Terminate = true, options);
        return Run(graph, inputs, options);
    }

    private ModelOutputs Run(OnnxGraphSession graph, OnnxInputs inputs, RunOptions options)
    {
        var results = graph.Session.Run(options, inputs.Names, inputs.Values, _outputNames);
        var values = new ModelValue[results.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = OnnxOutputs.Take(results[i]);
        }

        return new ModelOutputs(_outputNames, values);
    }
}
