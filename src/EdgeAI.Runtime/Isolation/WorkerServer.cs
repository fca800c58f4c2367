using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Storage;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Isolation;

/// <summary>The worker's side: loads one model and runs it, one run after the other, until the app closes the channel or ends.</summary>
internal sealed class WorkerServer(WorkerChannel channel) : IDisposable
{
    private readonly Lock _lock = new();
    private OnnxSession? _session;
    private SharedArea? _outputs;
    private CancellationTokenSource? _running;
    private long _run;

    /// <summary>Reads messages on this thread, also while a run goes on: that is how it hears of a cancellation and of the app's end.</summary>
    public void Serve()
    {
        try
        {
            while (true)
            {
                var (kind, body) = channel.Read();
                Handle(kind, body);
            }
        }
        catch (IOException)
        {
            // The app is gone, or wants this process gone.
        }
    }

    public void Dispose()
    {
        _running?.Dispose();
        _outputs?.Dispose();
        _session?.Dispose();
    }

    private void Handle(WorkerMessageKind kind, BinaryReader body)
    {
        switch (kind)
        {
            case WorkerMessageKind.Load:
                Answer(() => Load(body));
                break;
            case WorkerMessageKind.Run:
                var cancellation = new CancellationTokenSource();
                lock (_lock)
                {
                    _running?.Dispose();
                    _running = cancellation;
                    _run = body.ReadInt64();
                }

                Task.Run(() => Answer(() => Run(body, cancellation.Token)));
                break;
            case WorkerMessageKind.Cancel:
                lock (_lock)
                {
                    // It may come after the end of the run that it is for.
                    if (_run == body.ReadInt64())
                    {
                        _running?.Cancel();
                    }
                }

                break;
        }
    }

    // The app decides what a failure means; this process goes on.
    private void Answer(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            channel.Write(WorkerMessageKind.Failed, writer => writer.Write((exception is InferenceException ? exception.InnerException : null)?.Message ?? exception.Message));
        }
    }

    private void Load(BinaryReader body)
    {
        var name = body.ReadString();
        var files = new HotFiles(body.ReadString(), body.ReadString() is { Length: > 0 } weights ? weights : null);
        var options = new InferenceOptions { CpuThreads = body.ReadInt32() };
        var graph = new OnnxGraphLoader(options, long.MaxValue).Load(files, GraphOptimizationLevel.ORT_ENABLE_ALL, body.ReadBoolean(), CancellationToken.None);
        _session = new OnnxSession(name, new ExecutionDevice(OnnxCpuProvider.ProviderName, DeviceKind.Cpu, "0", "worker"), new ModelSignature([], []), graph);
        channel.Write(WorkerMessageKind.Loaded, writer => writer.Write(WorkerMemory.ReadPrivate()));
    }

    private void Run(BinaryReader body, CancellationToken cancellationToken)
    {
        // The app has taken the last run's outputs, for it asks for the next.
        _outputs?.Dispose();
        _outputs = null;
        using var inputs = SharedArea.Open(body.ReadString());
        using var results = _session!.Run(new ValueReader(body, inputs).Read(), cancellationToken);
        _outputs = SharedArea.Create(ValueWriter.Measure(results));
        channel.Write(WorkerMessageKind.Outputs, writer =>
        {
            writer.Write(_outputs.Path);
            new ValueWriter(writer, _outputs).Write(results);
        });
    }
}
