using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Benchmarks.Runtime.Swapping;
using EdgeAI.Configuration;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Batching;

/// <summary>
/// <c>batching_throughput</c> and <c>batching_p99_ms</c>: 64 callers, each of whom asks again as soon as it is answered, with dynamic batching and without, turn by turn on one session;
/// <c>batching_alone</c>: what batching costs a caller who is alone.
/// </summary>
internal sealed class BatchingMeasure : IMeasure
{
    public const string Name = "batching_throughput";
    public const string P99Name = "batching_p99_ms";
    public const string AloneName = "batching_alone";

    private const string OneByOne = "EdgeAI, one by one";
    private const string PerSecond = "/s";
    private const int Callers = 64;
    private const int RequestsPerCaller = 25;
    private const int RequestsAlone = 200;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name) && !context.Options.Wants(P99Name) && !context.Options.Wants(AloneName))
        {
            return;
        }

        BenchmarkContext.Say($"{Name}: {BatchableClassifier.Name}, {Callers} callers");
        var file = BatchableClassifier.Ensure(context.Folder("models"));
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = context.Folder("data-" + BatchableClassifier.Name));
        await SwapModels.ImportAsync(edge, BatchableClassifier.Name, file);
        await using var single = await edge.Engine.LoadAsync(BatchableClassifier.Name);
        await using var batched = await edge.Engine.LoadAsync(
            BatchableClassifier.Name,
            new ModelLoadOptions { Batching = new BatchingOptions { MaxBatchSize = Callers } });
        await AskAllAsync(single);
        await AskAllAsync(batched);
        var turns = new List<(Turn Batched, Turn Single)>();
        var alone = new List<(double Batched, double Single)>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            turns.Add((await AskAllAsync(batched), await AskAllAsync(single)));
            alone.Add((BenchmarkContext.Median(await AskAsync(batched, 0, RequestsAlone)), BenchmarkContext.Median(await AskAsync(single, 0, RequestsAlone))));
        }

        context.Report.Add(Name, Median(turn => turn.Batched.PerSecond / turn.Single.PerSecond), OneByOne, Measurement.Ratio);
        context.Report.Add(Name + "_per_s", Median(turn => turn.Batched.PerSecond), Measurement.Ours, PerSecond);
        context.Report.Add(Name + "_per_s", Median(turn => turn.Single.PerSecond), OneByOne, PerSecond);
        context.Report.Add(P99Name, Median(turn => turn.Batched.P99), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(P99Name, Median(turn => turn.Single.P99), OneByOne, Measurement.Milliseconds);
        context.Report.Add(AloneName, BenchmarkContext.Median(alone.Select(turn => turn.Batched / turn.Single)), OneByOne, Measurement.Ratio);
        context.Report.Add(AloneName + "_ms", BenchmarkContext.Median(alone.Select(turn => turn.Batched)), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(AloneName + "_ms", BenchmarkContext.Median(alone.Select(turn => turn.Single)), OneByOne, Measurement.Milliseconds);

        double Median(Func<(Turn Batched, Turn Single), double> value) => BenchmarkContext.Median(turns.Select(value));
    }

    private static async Task<Turn> AskAllAsync(IModelLease lease)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => AskAsync(lease, caller, RequestsPerCaller))));
        var elapsed = clock.Elapsed;
        var sorted = times.SelectMany(time => time).Order().ToArray();
        return new Turn(sorted.Length / elapsed.TotalSeconds, sorted[(int)(sorted.Length * 0.99)]);
    }

    private static async Task<double[]> AskAsync(IModelLease lease, int caller, int requests)
    {
        var inputs = BatchableClassifier.MakeInputs(caller);
        var times = new double[requests];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var outputs = await lease.RunAsync(inputs);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return times;
    }

    private sealed record Turn(double PerSecond, double P99);
}
