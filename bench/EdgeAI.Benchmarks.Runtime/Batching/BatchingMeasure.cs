using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Benchmarks.Runtime.Swapping;
using EdgeAI.Configuration;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Batching;

/// <summary>
/// <c>batching_throughput</c> and <c>batching_p99_ms</c>: 64 callers, each of whom asks again as soon as it is answered, with dynamic batching and without, turn by turn on one session;
/// <c>batching_threads_throughput</c>: the same with callers that block, each on a thread of its own; <c>batching_alone</c>: what batching costs a caller who is alone.
/// </summary>
internal sealed class BatchingMeasure : IMeasure
{
    public const string Name = "batching_throughput";
    public const string P99Name = "batching_p99_ms";
    public const string ThreadsName = "batching_threads_throughput";
    public const string AloneName = "batching_alone";

    private const string OneByOne = "EdgeAI, one by one";
    private const string PerSecond = "/s";
    private const int Callers = 64;
    private const int RequestsPerCaller = 25;
    private const int RequestsAlone = 200;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!new[] { Name, P99Name, ThreadsName, AloneName }.Any(context.Options.Wants))
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
        var threads = new List<(Turn Batched, Turn Single)>();
        var alone = new List<(double Batched, double Single)>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            turns.Add((await AskAllAsync(batched), await AskAllAsync(single)));
            threads.Add((await BlockAllAsync(batched), await BlockAllAsync(single)));
            alone.Add((BenchmarkContext.Median(await AskAsync(batched, 0, RequestsAlone)), BenchmarkContext.Median(await AskAsync(single, 0, RequestsAlone))));
        }

        Add(context.Report, Name, P99Name, turns);
        Add(context.Report, ThreadsName, "batching_threads_p99_ms", threads);
        context.Report.Add(AloneName, BenchmarkContext.Median(alone.Select(turn => turn.Batched / turn.Single)), OneByOne, Measurement.Ratio);
        context.Report.Add(AloneName + "_ms", BenchmarkContext.Median(alone.Select(turn => turn.Batched)), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(AloneName + "_ms", BenchmarkContext.Median(alone.Select(turn => turn.Single)), OneByOne, Measurement.Milliseconds);
    }

    private static void Add(Report report, string throughput, string p99, List<(Turn Batched, Turn Single)> turns)
    {
        report.Add(throughput, Median(turn => turn.Batched.PerSecond / turn.Single.PerSecond), OneByOne, Measurement.Ratio);
        report.Add(throughput + "_per_s", Median(turn => turn.Batched.PerSecond), Measurement.Ours, PerSecond);
        report.Add(throughput + "_per_s", Median(turn => turn.Single.PerSecond), OneByOne, PerSecond);
        report.Add(p99, Median(turn => turn.Batched.P99), Measurement.Ours, Measurement.Milliseconds);
        report.Add(p99, Median(turn => turn.Single.P99), OneByOne, Measurement.Milliseconds);

        double Median(Func<(Turn Batched, Turn Single), double> value) => BenchmarkContext.Median(turns.Select(value));
    }

    // All have asked before the first is answered: begun on the pool's threads, few callers would be answered again and again while others wait to begin.
    private static Task<Turn> AskAllAsync(IModelLease lease) => TimeAsync(caller => AskAsync(lease, caller, RequestsPerCaller));

    private static Task<Turn> BlockAllAsync(IModelLease lease) => TimeAsync(
        caller => Task.Factory.StartNew(() => Block(lease, caller), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    private static async Task<Turn> TimeAsync(Func<int, Task<double[]>> ask)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(ask));
        var elapsed = clock.Elapsed;
        var sorted = times.SelectMany(time => time).Order().ToArray();
        return new Turn(sorted.Length / elapsed.TotalSeconds, sorted[(int)(sorted.Length * 0.99)]);
    }

    private static double[] Block(IModelLease lease, int caller)
    {
        var inputs = BatchableClassifier.MakeInputs(caller);
        var times = new double[RequestsPerCaller];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var outputs = lease.Run(inputs);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return times;
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
