using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using EdgeAI.Inference;

namespace EdgeAI.Isolation;

/// <summary>The app's side of a worker. One thread at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Set in a worker's environment.</summary>
    public const string Variable = "EDGEAI_WORKER";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly WorkerChannel _channel;
    private long _run;

    private WorkerProcess(Process process)
    {
        _process = process;
        _channel = new WorkerChannel(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
    }

    public int Id => _process.Id;

    /// <summary>Starts the app's own program again, with a hook that serves in place of its <c>Main</c>.</summary>
    /// <exception cref="NotSupportedException">This app can't be started so.</exception>
    public static WorkerProcess Start()
    {
        // Without the hook the app itself would run twice.
        if (!RuntimeFeature.IsDynamicCodeSupported || (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isSupported) && !isSupported))
        {
            throw new NotSupportedException("Workers need startup hooks, which this app is built without: set StartupHookSupport, don't trim it, or run models in process.");
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
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Loads the model.</summary>
    /// <returns>The worker's private bytes.</returns>
    /// <exception cref="IOException">The worker died.</exception>
    /// <exception cref="EdgeAIException">The worker says that it can't.</exception>
    public long Load(Action<BinaryWriter> write, CancellationToken cancellationToken)
    {
        using var killing = cancellationToken.UnsafeRegister(_ => _process.Kill(), null);
        _channel.Write(WorkerMessageKind.Load, write);
        return Receive(WorkerMessageKind.Loaded).ReadInt64();
    }

    /// <summary>Runs the model.</summary>
    /// <returns>Outputs in memory of this process.</returns>
    /// <exception cref="IOException">The worker died.</exception>
    /// <exception cref="EdgeAIException">The worker says that the run failed, or was cancelled.</exception>
    public Dictionary<string, ModelValue> Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        var run = ++_run;
        using var area = SharedArea.Create(ValueWriter.Measure(inputs));
        _channel.Write(WorkerMessageKind.Run, writer =>
        {
            writer.Write(run);
            writer.Write(area.Path);
            new ValueWriter(writer, area).Write(inputs);
        });
        using var cancelling = cancellationToken.UnsafeRegister(_ => Cancel(run), null);
        var body = Receive(WorkerMessageKind.Outputs);
        using var results = SharedArea.Open(body.ReadString());
        return new ValueReader(body, results).Read().ToDictionary(pair => pair.Key, pair => Copy(pair.Value), StringComparer.Ordinal);
    }

    /// <summary>What it ended with; it is made to end if it has not.</summary>
    public int? End()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
            _process.WaitForExit(Patience);
        }

        return _process.HasExited ? _process.ExitCode : null;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit(Patience);
        _process.Dispose();
    }

    private void Cancel(long run)
    {
        try
        {
            _channel.Write(WorkerMessageKind.Cancel, writer => writer.Write(run));
        }
        catch (IOException)
        {
            // The run hears of the worker's end itself.
        }
    }

    private BinaryReader Receive(WorkerMessageKind expected)
    {
        var (kind, body) = _channel.Read();
        return kind == expected ? body
            : kind == WorkerMessageKind.Failed ? throw new EdgeAIException(body.ReadString())
            : throw new IOException($"The worker answered {kind} in place of {expected}.");
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
