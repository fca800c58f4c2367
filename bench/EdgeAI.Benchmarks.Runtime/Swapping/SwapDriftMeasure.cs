using System.Globalization;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary><c>swaps_rss_drift</c>: what the process has resident after 10,000 swaps over eight models, each run after it came in (ISNet at each 200th swap), over what it had after the first 2,000; all are out both times.</summary>
internal sealed class SwapDriftMeasure : IMeasure
{
    public const string Name = "swaps_rss_drift";

    private const int Swaps = 10_000;
    private const int WarmUp = 2_000;
    private const int SteadySeconds = 5;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = context.Folder("data-swaps"));
        var models = await SwapModels.LoadEightAsync(context, edge);
        await SwapAsync(edge, models, WarmUp);
        var before = await ReadSettledAsync();
        await SwapAsync(edge, models, Swaps);
        var after = await ReadSettledAsync();
        context.Report.Add(Name, after / before, "before", Measurement.Ratio);
        context.Report.Add(Name + "_before", before, Measurement.Ours, Measurement.Megabytes);
        context.Report.Add(Name + "_after", after, Measurement.Ours, Measurement.Megabytes);
        foreach (var model in models)
        {
            await model.Lease.DisposeAsync();
        }
    }

    private static async Task SwapAsync(EdgeRuntime edge, IReadOnlyList<SwapModel> models, int swaps)
    {
        var random = new Random(20260101);
        var counts = new int[models.Count];
        for (var i = 0; i < swaps; i++)
        {
            var which = random.Next(models.Count);
            var model = models[which];
            await edge.Engine.SwapInAsync(model.Lease.Reference);
            if (counts[which]++ % model.RunEvery == 0)
            {
                model.Lease.Run(model.Inputs()).Dispose();
            }

            await edge.Engine.SwapOutAsync(model.Lease.Reference);
        }

        foreach (var model in models)
        {
            await edge.Engine.SwapOutAsync(model.Lease.Reference);
        }
    }

    // Memory is given back a second after the last swap; on a busy machine that takes longer.
    private static async Task<double> ReadSettledAsync()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var memory = ResidentMemory.Read();
        for (var steady = 0; steady < SteadySeconds; steady++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            var now = ResidentMemory.Read();
            steady = now.Anonymous < 0.99 * memory.Anonymous ? -1 : steady;
            memory = now;
        }

        BenchmarkContext.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}: {memory.Anonymous:F1} MB anonymous, of which {GC.GetGCMemoryInfo().TotalCommittedBytes / 1e6:F1} MB are .NET's, {memory.File:F1} MB of files"));
        return memory.Anonymous + memory.File;
    }
}
