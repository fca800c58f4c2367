using System.Diagnostics;
using System.Globalization;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Memory;
using SkiaSharp;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>
/// <c>zipf_mean_over_naive</c>: the mean latency of 2,000 requests over 40 models of 30 to 200 MB, the n-th most wanted in proportion to 1/n, with a budget of a quarter of their sum; beside
/// load on use with bare ONNX Runtime, which keeps the last quarter of the models by count. Both have been asked for each model once before.
/// </summary>
internal sealed class ZipfMeasure : IMeasure
{
    public const string Name = "zipf_mean_over_naive";

    private const int Models = 40;
    private const int Requests = 2_000;
    private const int Turns = 4;
    private const long Smallest = 30_000_000;
    private const long Largest = 200_000_000;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        var models = LayeredModel.Spread(Models, Smallest, Largest);
        var sum = models.Sum(model => model.Bytes);
        BenchmarkContext.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}: {Models} models, {sum / 1e6:F0} MB together"));
        var files = models.Select(model => model.Ensure(context.Folder("models"))).ToArray();
        await using var edge = EdgeRuntime.Create(options =>
        {
            options.DataDirectory = context.Folder("data-zipf");
            options.Inference.KeepAlive = Timeout.InfiniteTimeSpan;
            options.Memory.HostPrivateBytes = sum / 4;
            options.Memory.HostMappedBytes = sum / 4;
        });
        for (var i = 0; i < Models; i++)
        {
            await SwapModels.ImportAsync(edge, models[i].Name, files[i]);
        }

        var input = LayeredModel.MakeInput();
        using var naive = new NaiveModels(files, Models / 4);
        for (var i = 0; i < Models; i++)
        {
            await AskEdgeAsync(edge, models[i].Name, input);
            naive.Run(i, input);
        }

        var requests = MakeRequests();
        var (ours, theirs) = (new List<double>(), new List<double>());
        var memory = new List<MemoryUse>();
        foreach (var turn in requests.Chunk(Requests / Turns))
        {
            foreach (var model in turn)
            {
                var clock = Stopwatch.StartNew();
                await AskEdgeAsync(edge, models[model].Name, input);
                ours.Add(clock.Elapsed.TotalMilliseconds);
                memory.Add(edge.Engine.GetMemory().Reserved);
            }

            Say("EdgeAI", ours);
            foreach (var model in turn)
            {
                var clock = Stopwatch.StartNew();
                naive.Run(model, input);
                theirs.Add(clock.Elapsed.TotalMilliseconds);
            }

            Say("naive", theirs);
        }

        context.Report.Add(Name, ours.Average() / theirs.Average(), "naive", Measurement.Ratio);
        context.Report.Add("zipf_mean", ours.Average(), Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add("zipf_mean", theirs.Average(), "naive", Measurement.Milliseconds);
        context.Report.Add("zipf_reserved", edge.Engine.GetMemory().Reserved.Total / 1e6, Measurement.Ours, Measurement.Megabytes);
        context.Report.Add("zipf_budget", sum / 4 / 1e6, Measurement.Ours, Measurement.Megabytes);
        SaveChart(Path.Combine(context.Options.Work, "zipf-memory.png"), sum / 4, memory);
    }

    private static void SaveChart(string path, long budget, List<MemoryUse> memory)
    {
        MemoryChart.Save(
            path,
            $"Zipf 1.0 over {Models} models of 30 to 200 MB: what loaded models take",
            budget / 1e6,
            [.. Enumerable.Range(1, memory.Count)],
            ("mapped", SKColors.SteelBlue, [.. memory.Select(use => use.Mapped / 1e6)]),
            ("private", SKColors.DarkOrange, [.. memory.Select(use => use.Private / 1e6)]));
        BenchmarkContext.Say($"{Name}: memory over the requests is drawn in {path}");
    }

    private static async Task AskEdgeAsync(EdgeRuntime edge, string model, float[] input)
    {
        await using var lease = await edge.Engine.LoadAsync(model);
        using var outputs = lease.Run(LayeredModel.MakeInputs(input));
    }

    private static int[] MakeRequests()
    {
        var random = new Random(20260102);
        var weights = Enumerable.Range(1, Models).Select(rank => 1.0 / rank).ToArray();
        var sum = weights.Sum();
        return [.. Enumerable.Range(0, Requests).Select(_ => Pick(random.NextDouble() * sum))];

        int Pick(double point)
        {
            for (var i = 0; i < Models; i++)
            {
                point -= weights[i];
                if (point < 0)
                {
                    return i;
                }
            }

            return Models - 1;
        }
    }

    private static void Say(string who, List<double> times)
    {
        var memory = ResidentMemory.Read();
        BenchmarkContext.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {who} after {times.Count} requests: mean {times.Average():F1} ms; process {memory.Anonymous:F0} MB anonymous, {memory.File:F0} MB of files"));
    }
}
