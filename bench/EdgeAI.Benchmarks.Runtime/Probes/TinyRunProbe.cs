using System.Diagnostics;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>
/// Runs Silero's voice detector by a binding and by bare ONNX Runtime with outputs allocated before, turn by turn in one process: its ratio would drown in the
/// differences between two processes.
/// </summary>
internal static class TinyRunProbe
{
    public const string Argument = "tiny-probe";

    private const int Rounds = 41;
    private const int RunsInRound = 100;
    private const int Samples = 512;
    private const int State = 2 * 128;

    private static readonly string[] Inputs = ["input", "state", "sr"];
    private static readonly string[] Outputs = ["output", "stateN"];

    public static async Task<TinyRunResult> StartAsync(string model) =>
        JsonSerializer.Deserialize<TinyRunResult>(await Command.ToProbe(Argument, model).RunAsync())!;

    public static async Task<int> RunAsync(string model)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-bench-").FullName;
        try
        {
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(model, folder)));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TinyRunResult> MeasureAsync(string model, string folder)
    {
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = folder);
        await edge.Store.ImportAsync("silero", ModelSource.FromFile(model));
        await using var lease = await edge.Engine.LoadAsync("silero");
        var (input, state, rate) = (new float[Samples], new float[State], new long[] { 16000 });
        using var binding = lease.Bind(
            new ModelInputs
            {
                ["input"] = TensorValue.Create(input, 1, Samples),
                ["state"] = TensorValue.Create(state, 2, 1, 128),
                ["sr"] = TensorValue.Create(rate),
            },
            new Dictionary<string, TensorValue>
            {
                ["output"] = TensorValue.Create(new float[1], 1, 1),
                ["stateN"] = TensorValue.Create(new float[State], 2, 1, 128),
            });

        // Threads as EdgeAI has them, or those that spin on after a run of one side would take the processor from the other.
        using var options = new SessionOptions();
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        OrtValue[] inputs =
        [
            OrtValue.CreateTensorValueFromMemory(input, [1, Samples]),
            OrtValue.CreateTensorValueFromMemory(state, [2, 1, 128]),
            OrtValue.CreateTensorValueFromMemory(rate, []),
        ];
        OrtValue[] outputs = [OrtValue.CreateTensorValueFromMemory(new float[1], [1, 1]), OrtValue.CreateTensorValueFromMemory(new float[State], [2, 1, 128])];
        return Compare(() => session.Run(run, Inputs, inputs, Outputs, outputs), () => binding.Run());
    }

    private static TinyRunResult Compare(Action bare, Action edge)
    {
        Measure(bare);
        Measure(edge);
        var rounds = new (double Bare, double Edge)[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            rounds[i] = i % 2 == 0 ? (Measure(bare).Time, Measure(edge).Time) : Swap((Measure(edge).Time, Measure(bare).Time));
        }

        return new TinyRunResult(
            BenchmarkContext.Median(rounds.Select(round => round.Bare)),
            BenchmarkContext.Median(rounds.Select(round => round.Edge)),
            BenchmarkContext.Median(rounds.Select(round => round.Edge / round.Bare)),
            Measure(bare).Bytes,
            Measure(edge).Bytes);
    }

    private static (double Bare, double Edge) Swap((double Edge, double Bare) round) => (round.Bare, round.Edge);

    private static (double Time, double Bytes) Measure(Action run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < RunsInRound; i++)
        {
            run();
        }

        var elapsed = Stopwatch.GetElapsedTime(clock);
        return (elapsed.TotalMicroseconds / RunsInRound, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / RunsInRound);
    }
}
