using System.Diagnostics;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>Loads and runs a large model on one side in a process of its own, and prints what it found as a line of JSON.</summary>
internal static class ModelProbe
{
    public const string Argument = "model-probe";

    /// <summary>As the options are by default, measured in steady state when packed weights are in.</summary>
    public const string Packed = "packed";

    /// <summary>Never packed: the state before packed weights are in.</summary>
    public const string Mapped = "mapped";

    private const string Prepare = "prepare";
    private const string Bare = "bare";
    private const string Input = "input_ids";
    private const int Many = 16;
    private const int Runs = 9;
    private const int KindPosition = 4;

    /// <summary>Imports and loads once, so that what is measured is the load of an app that has been started before.</summary>
    public static Task PrepareAsync(string file, string data) => StartAsync(Prepare, file, data);

    public static async Task<ProbeResult> BareAsync(string file, MemoryGroup? group = null)
    {
        var command = Command.ToProbe(Argument, Bare, file, "-");
        return JsonSerializer.Deserialize<ProbeResult>(await (group?.Wrap(command) ?? command).RunAsync())!;
    }

    public static async Task<ProbeResult> EdgeAsync(string file, string data, string mode) =>
        JsonSerializer.Deserialize<ProbeResult>(await StartAsync(mode, file, data))!;

    public static async Task<int> RunAsync(string mode, string file, string data)
    {
        if (mode == Prepare)
        {
            await RunPrepareAsync(file, data);
            return 0;
        }

        Console.WriteLine(JsonSerializer.Serialize(mode == Bare ? MeasureBare(file) : await MeasureEdgeAsync(file, data, mode == Mapped)));
        return 0;
    }

    private static Task<string> StartAsync(params string[] arguments) => Command.ToProbe([Argument, .. arguments]).RunAsync();

    // fp32 models change over behind their first requests; the others are packed before them.
    private static bool HasStages(string file) => Path.GetFileName(file).AsSpan(KindPosition).StartsWith("fp32", StringComparison.Ordinal);

    private static ModelReference ReferenceOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static EdgeRuntime Create(string data, bool isMapped, PackedSignal signal) => EdgeRuntime.Create(
        options =>
        {
            options.DataDirectory = data;
            options.Inference.WeightPacking = isMapped ? WeightPacking.Never : WeightPacking.Auto;
        },
        builder => builder.Services.AddSingleton<ILoggerFactory>(signal).AddSingleton(typeof(ILogger<>), typeof(Logger<>)));

    private static async Task RunPrepareAsync(string file, string data)
    {
        var reference = ReferenceOf(file);
        var signal = new PackedSignal();
        await using var edge = Create(data, isMapped: false, signal);
        if (await edge.Store.FindAsync(reference) is null)
        {
            await edge.Store.ImportAsync(reference, ModelSource.FromFile(file));
        }

        await using var lease = await edge.Engine.LoadAsync(reference);
        Run(lease, 1);
        if (HasStages(file))
        {
            await signal.Packed;
        }

    }

    private static ProbeResult MeasureBare(string file)
    {
        _ = OrtEnv.Instance();
        var before = ResidentMemory.Read();
        var clock = Stopwatch.StartNew();
        using var session = new InferenceSession(file);
        var ready = clock.Elapsed.TotalMilliseconds;
        Run(1);
        var first = clock.Elapsed.TotalMilliseconds;
        var loaded = ResidentMemory.Read();
        clock.Restart();
        using (new InferenceSession(file))
        {
            var again = clock.Elapsed.TotalMilliseconds;
            var second = ResidentMemory.Read() - loaded;
            return new ProbeResult(ready, again, first, (loaded - before).Anonymous, second.Anonymous, Time(() => Run(1)), Time(() => Run(Many)));
        }

        void Run(int tokens)
        {
            using var value = OrtValue.CreateTensorValueFromMemory(MakeTokens(tokens), [1, tokens]);
            using var options = new RunOptions();
            using var results = session.Run(options, [Input], [value], session.OutputNames);
        }
    }

    private static async Task<ProbeResult> MeasureEdgeAsync(string file, string data, bool isMapped)
    {
        var reference = ReferenceOf(file);
        var signal = new PackedSignal();
        _ = OrtEnv.Instance();
        await using var edge = Create(data, isMapped, signal);
        var before = ResidentMemory.Read();
        var clock = Stopwatch.StartNew();
        await using var lease = await edge.Engine.LoadAsync(reference);
        var ready = clock.Elapsed.TotalMilliseconds;
        Run(lease, 1);
        var first = clock.Elapsed.TotalMilliseconds;
        var atOnce = (ResidentMemory.Read() - before).Anonymous;
        if (!isMapped && HasStages(file))
        {
            await signal.Packed;
            Run(lease, 1);
        }

        var loaded = ResidentMemory.Read();
        var otherSignal = new PackedSignal();
        await using var other = Create(data, isMapped, otherSignal);
        clock.Restart();
        await using var second = await other.Engine.LoadAsync(reference);
        var again = clock.Elapsed.TotalMilliseconds;
        Run(second, 1);
        if (!isMapped && HasStages(file))
        {
            await otherSignal.Packed;
            Run(second, 1);
        }

        var secondPrivate = (ResidentMemory.Read() - loaded).Anonymous;
        await second.DisposeAsync();
        await other.DisposeAsync();
        return new ProbeResult(
            ready,
            again,
            first,
            Math.Max(atOnce, (loaded - before).Anonymous),
            secondPrivate,
            Time(() => Run(lease, 1)),
            Time(() => Run(lease, Many)));
    }

    private static void Run(IModelLease lease, int tokens)
    {
        using var outputs = lease.Run(new ModelInputs { [Input] = TensorValue.Create(MakeTokens(tokens), 1, tokens) });
    }

    private static long[] MakeTokens(int count) => [.. Enumerable.Range(1, count).Select(i => (long)i * 31 % 1000)];

    private static double Time(Action run)
    {
        run();
        var times = new double[Runs];
        for (var i = 0; i < times.Length; i++)
        {
            var clock = Stopwatch.StartNew();
            run();
            times[i] = clock.Elapsed.TotalMilliseconds;
        }

        return BenchmarkContext.Median(times);
    }
}
