using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Loading;

/// <summary>Measures one side with one model in a process of its own, and prints what it found as a line of JSON.</summary>
internal static class LoadProbe
{
    public const string Command = "probe";
    public const string Plain = "plain";
    public const string Edge = "edge";

    private const int Repeats = 9;

    public static async Task<int> RunAsync(string side, string modelName, string directory)
    {
        var model = BenchmarkModel.Ocr.Single(model => model.Name == modelName);
        var data = Path.Combine(directory, "data");
        var measurement = side == Plain
            ? MeasurePlain(model, Path.Combine(directory, model.File))
            : await MeasureEdgeAsync(model, data);
        Console.WriteLine(JsonSerializer.Serialize(measurement));
        return 0;
    }

    /// <summary>Imports and loads once, so that what is measured is the load of an app that has been started before.</summary>
    public static async Task PrepareAsync(BenchmarkModel model, string modelsDirectory, string directory)
    {
        File.Copy(Path.Combine(modelsDirectory, model.File), Path.Combine(directory, model.File));
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = Path.Combine(directory, "data"));
        await edge.Store.ImportAsync(model.Name, ModelSource.FromFile(Path.Combine(directory, model.File)));
        await using var lease = await edge.Engine.LoadAsync(model.Name);
    }

    private static LoadMeasurement MeasurePlain(BenchmarkModel model, string path)
    {
        _ = OrtEnv.Instance();
        var before = ResidentMemory.Read();
        var clock = Stopwatch.StartNew();
        using var session = new InferenceSession(path);
        var firstLoad = clock.Elapsed.TotalMilliseconds;
        var memory = ResidentMemory.Read() - before;

        var input = model.MakeInput();
        using var options = new RunOptions();
        var run = TimeRuns(() =>
        {
            using var value = OrtValue.CreateTensorValueFromMemory(input, model.Shape);
            using var results = session.Run(options, ["x"], [value], session.OutputNames);
            return Hash(results[0].GetTensorDataAsSpan<float>());
        });
        var again = Median(() =>
        {
            using var other = new InferenceSession(path);
        });
        return new LoadMeasurement(firstLoad, again, run.First, run.Steady, memory.Anonymous, memory.File, run.Output);
    }

    private static async Task<LoadMeasurement> MeasureEdgeAsync(BenchmarkModel model, string data)
    {
        await using var edge = EdgeRuntime.Create(options =>
        {
            options.DataDirectory = data;
            options.Inference.KeepAlive = TimeSpan.Zero;
        });
        _ = OrtEnv.Instance();
        var before = ResidentMemory.Read();
        var clock = Stopwatch.StartNew();
        var lease = await edge.Engine.LoadAsync(model.Name);
        var firstLoad = clock.Elapsed.TotalMilliseconds;
        var memory = ResidentMemory.Read() - before;

        var input = model.MakeInput();
        var run = TimeRuns(() =>
        {
            using var outputs = lease.Run(new ModelInputs { ["x"] = TensorValue.Create(input, model.Shape) });
            return Hash(outputs[0].AsTensor().AsSpan<float>());
        });
        await lease.DisposeAsync();
        var again = Median(() => edge.Engine.LoadAsync(model.Name).AsTask().GetAwaiter().GetResult().DisposeAsync().AsTask().Wait());
        return new LoadMeasurement(firstLoad, again, run.First, run.Steady, memory.Anonymous, memory.File, run.Output);
    }

    private static (double First, double Steady, string Output) TimeRuns(Func<string> run)
    {
        var clock = Stopwatch.StartNew();
        var output = run();
        var first = clock.Elapsed.TotalMilliseconds;
        return (first, Median(() => run()), output);
    }

    private static double Median(Action action)
    {
        var times = new double[Repeats];
        for (var i = 0; i < times.Length; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            times[i] = clock.Elapsed.TotalMilliseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static string Hash(ReadOnlySpan<float> output) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(output)));
}
