using System.Diagnostics;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Benchmarks.Runtime.Swapping;
using EdgeAI.Configuration;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Batching;

/// <summary>
/// <c>batching_throughput</c> and <c>batching_p99_ms</c>: 64 callers, each of whom asks again as soon as it is answered, with dynamic batching and without, turn by turn on one session.
/// </summary>
internal sealed class BatchingMeasure : IMeasure
{
    public const string Name = "batching_throughput";
    public const string P99Name = "batching_p99_ms";

    private const string OneByOne = "EdgeAI, one by one";
    private const string PerSecond = "/s";
    private const int Callers = 64;
    private const int RequestsPerCaller = 25;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name) && !context.Options.Wants(P99Name))
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
        await AskAsync(single);
        await AskAsync(batched);
        var turns = new List<(Turn Batched, Turn Single)>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            turns.Add((await AskAsync(batched), await AskAsync(single)));
        }

        context.Report.Add(Name, Median(turn => turn.Batched.PerSecond / turn.Single.PerSecond), OneByOne, Measurement.Ratio);
        context.Report.Add(Name + "_per_s", Median(turn => turn.Batched.PerSecond), Measurement.Ours, PerSecond);
        context.Report.Add(Name + "_per_s", Median(turn => turn.Single.PerSecond), OneByOne, PerSecond);
        context.Report.Add(P99Name, Median(turn => turn.Batched.P99), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(P99Name, Median(turn => turn.Single.P99), OneByOne, Measurement.Milliseconds);

        double Median(Func<(Turn Batched, Turn Single), double> value) => BenchmarkContext.Median(turns.Select(value));
    }

    private static async Task<Turn> AskAsync(IModelLease lease)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => AskAsync(lease, caller))));
        var elapsed = clock.Elapsed;
        var sorted = times.SelectMany(time => time).Order().ToArray();
        return new Turn(sorted.Length / elapsed.TotalSeconds, sorted[(int)(sorted.Length * 0.99)]);
    }

    private static async Task<double[]> AskAsync(IModelLease lease, int caller)
    {
        var inputs = BatchableClassifier.MakeInputs(caller);
        var times = new double[RequestsPerCaller];
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
