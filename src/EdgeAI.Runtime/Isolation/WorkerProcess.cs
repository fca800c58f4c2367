using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Memory;

namespace EdgeAI.Isolation;

/// <summary>The app's side of a worker. One thread at a time; <see cref="Kill"/> on any.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Set in a worker's environment.</summary>
    public const string Variable = "EDGEAI_WORKER";

    // As long as the engine waits for a run that was told to stop.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly WorkerChannel _channel;
    private readonly TimeProvider _time;
    private readonly SharedWindow _outputs = new();
    private readonly Lock _lock = new();
    private SharedArea? _inputs;
    private ITimer? _stopping;
    private long _runs;
    private long _run;

    private WorkerProcess(Process process, TimeProvider time)
    {
        _process = process;
        _channel = new WorkerChannel(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _time = time;
    }

    public int Id => _process.Id;

    /// <summary>The worker's private bytes, as it said with its last answer.</summary>
    public long PrivateBytes { get; private set; }

    /// <summary>Starts the app's own program again, with a hook that serves in place of its <c>Main</c>.</summary>
    /// <exception cref="NotSupportedException">This app can't be started so.</exception>
    public static WorkerProcess Start(TimeProvider time)
    {
        // Without the hook the app itself would run twice.
        if (!RuntimeFeature.IsDynamicCodeSupported || (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isSupported) && !isSupported))
        {
            throw new NotSupportedException("Workers need startup hooks, which this app is built without: set StartupHookSupport and don't trim it, or run models in process.");
        }

        if (Environment.GetEnvironmentVariable(Variable) is not null || Environment.ProcessPath is not { } program)
        {
            throw new NotSupportedException("This process can't start workers. Run models in process.");
        }

        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            var app = Path.Combine(AppContext.BaseDirectory, Assembly.GetEntryAssembly()?.GetName().Name + ".dll");
            start.ArgumentList.Add(File.Exists(app) ? app : throw new NotSupportedException($"The app's program was looked for at '{app}' and is not there. Run models in process."));
        }

        start.Environment[Variable] = "1";
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(WorkerProcess).Assembly.GetName().Name;

        // A worker has few objects; a server's garbage collector would take memory for each processor.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        return new WorkerProcess(Process.Start(start)!, time);
    }

    /// <summary>Loads the model.</summary>
    /// <returns>What the worker takes.</returns>
    /// <exception cref="IOException">The worker died, or the load was cancelled.</exception>
    /// <exception cref="EdgeAIException">The worker says that it can't.</exception>
    public MemoryUse Load(WorkerLoad load, CancellationToken cancellationToken)
    {
        using var killing = cancellationToken.UnsafeRegister(_ => Kill(), null);
        _channel.Write(WorkerMessageKind.Load, writer => writer.Write(JsonSerializer.Serialize(load, WorkerLoadJson.Default.WorkerLoad)));
        var body = Receive(WorkerMessageKind.Loaded);
        PrivateBytes = body.ReadInt64();
        return new MemoryUse(PrivateBytes, body.ReadInt64(), body.ReadInt64());
    }

    /// <summary>Runs the model. When it does not stop within five seconds of a cancellation, the worker is killed.</summary>
    /// <returns>Outputs in memory of this process.</returns>
    /// <exception cref="IOException">The worker died.</exception>
    /// <exception cref="InvalidDataException">The worker gave what is none of outputs.</exception>
    /// <exception cref="EdgeAIException">The worker says that the run failed, or was cancelled.</exception>
    public Dictionary<string, ModelValue> Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        var run = Begin();
        try
        {
            _inputs = SharedArea.Fit(_inputs, ValueWriter.Measure(inputs));
            _channel.Write(WorkerMessageKind.Run, writer =>
            {
                writer.Write(run);
                _inputs.Announce(writer);
                new ValueWriter(writer, _inputs).Write(inputs);
            });
            using var stopping = cancellationToken.UnsafeRegister(_ => Stop(run), null);
            var body = Receive(WorkerMessageKind.Outputs);
            PrivateBytes = body.ReadInt64();
            return new ValueReader(body, _outputs.Open(body)).Read().ToDictionary(pair => pair.Key, pair => Copy(pair.Value), StringComparer.Ordinal);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Ends the process, whatever it does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone, and so is this.
        }
    }

    /// <summary>What the process ended with; it is made to end if it has not.</summary>
    public int? EndProcess()
    {
        if (!_process.WaitForExit(Patience))
        {
            Kill();
            _process.WaitForExit(Patience);
        }

        return _process.HasExited ? _process.ExitCode : null;
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit(Patience);
        _process.Dispose();
        _inputs?.Dispose();
        _outputs.Dispose();
    }

    private long Begin()
    {
        lock (_lock)
        {
            return _run = ++_runs;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _run = 0;
            _stopping?.Dispose();
            _stopping = null;
        }
    }

    private void Stop(long run)
    {
        try
        {
            _channel.Write(WorkerMessageKind.Cancel, writer => writer.Write(run));
        }
        catch (IOException)
        {
            // The run hears of the worker's end itself.
        }

        lock (_lock)
        {
            _stopping = _run == run ? _time.CreateTimer(_ => KillAt(run), null, Patience, Timeout.InfiniteTimeSpan) : null;
        }
    }

    private void KillAt(long run)
    {
        lock (_lock)
        {
            if (_run == run)
            {
                Kill();
            }
        }
    }

    private BinaryReader Receive(WorkerMessageKind expected)
    {
        var (kind, body) = _channel.Read();
        return kind == expected ? body
            : kind == WorkerMessageKind.Failed ? throw new EdgeAIException(body.ReadString())
            : throw new InvalidDataException($"The worker answered {kind} in place of {expected}.");
    }

    // The worker's memory goes with its next run.
    private static ModelValue Copy(ModelValue value) => value switch
    {
        TensorValue { ElementType: not ElementType.String } tensor => TensorValue.FromBytes(tensor.ElementType, tensor.AsBytes().ToArray(), tensor.Shape.ToArray()),
        SequenceValue sequence => new SequenceValue([.. sequence.Select(Copy)]),
        MapValue map => new MapValue((TensorValue)Copy(map.Keys), (TensorValue)Copy(map.Values)),
        _ => value,
    };
}
