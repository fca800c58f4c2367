using System.Diagnostics;
using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Providers;

namespace EdgeAI.Isolation;

/// <summary>The worker's side: loads one model and runs it, one run after the other, until the app closes the channel or ends.</summary>
/// <param name="channel">To the app.</param>
/// <param name="provide">Gives the provider of the device that a load names.</param>
#pragma warning disable CA1001 // It ends with its process, which is killed.
internal sealed class WorkerServer(WorkerChannel channel, Func<WorkerLoad, IExecutionProvider> provide)
#pragma warning restore CA1001
{
    // What a look at memory costs is much for a small run.
    private static readonly TimeSpan BetweenMeasurements = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SharedWindow _inputs = new();
    private IModelSession? _session;
    private SharedArea? _outputs;
    private CancellationTokenSource? _running;
    private long _run;
    private long _private;
    private long _measuredAt;

    /// <summary>Reads messages on this thread, also while work goes on: that is how it hears of a cancellation and of the app's end.</summary>
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

    private void Handle(WorkerMessageKind kind, BinaryReader body)
    {
        switch (kind)
        {
            case WorkerMessageKind.Load:
                Task.Run(() => Answer(() => Load(body)));
                break;
            case WorkerMessageKind.Run:
                var token = Begin(body.ReadInt64());
                Task.Run(() => Answer(() => Run(body, token)));
                break;
            case WorkerMessageKind.Cancel:
                Cancel(body.ReadInt64());
                break;
        }
    }

    // The app asks for the next run when it has the last one's answer, so that nobody uses the old source any more.
    private CancellationToken Begin(long run)
    {
        lock (_lock)
        {
            _running?.Dispose();
            _running = new CancellationTokenSource();
            _run = run;
            return _running.Token;
        }
    }

    private void Cancel(long run)
    {
        lock (_lock)
        {
            // It may come after the end of the run that it is for.
            if (_run == run)
            {
                _running?.Cancel();
            }
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
            channel.Write(WorkerMessageKind.Failed, writer => writer.Write((exception is InferenceException or ModelLoadException ? exception.InnerException : null)?.Message ?? exception.Message));
        }
    }

    private void Load(BinaryReader body)
    {
        var load = JsonSerializer.Deserialize(body.ReadString(), WorkerLoadJson.Default.WorkerLoad)!;
        var creating = provide(load).CreateSessionAsync(new WorkerModel(load), load.Device, CancellationToken.None);
        _session = creating.AsTask().GetAwaiter().GetResult();
        Measure();
        var known = _session.Memory;
        channel.Write(WorkerMessageKind.Loaded, writer =>
        {
            writer.Write(_private);
            writer.Write(known.Mapped);
            writer.Write(known.Device);
        });
    }

    private void Run(BinaryReader body, CancellationToken cancellationToken)
    {
        var inputs = new ValueReader(body, _inputs.Open(body)).Read();
        using var results = _session!.Run(inputs, cancellationToken);
        if (_measuredAt == 0 || Stopwatch.GetElapsedTime(_measuredAt) > BetweenMeasurements)
        {
            Measure();
            _measuredAt = Stopwatch.GetTimestamp();
        }

        _outputs = SharedArea.Fit(_outputs, ValueWriter.Measure(results));
        channel.Write(WorkerMessageKind.Outputs, writer =>
        {
            writer.Write(_private);
            _outputs.Announce(writer);
            new ValueWriter(writer, _outputs).Write(results);
        });
    }

    private void Measure() => _private = WorkerMemory.ReadPrivate();
}
