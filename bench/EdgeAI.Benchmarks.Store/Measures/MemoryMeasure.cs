using EdgeAI.Benchmarks.Store.Probes;
using EdgeAI.Benchmarks.Store.Reporting;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>
/// <c>memory_mb</c>: the most that a process has in memory while it imports everything, exports everything or lays the largest model out, beyond
/// a .NET process that does nothing; the largest of the three, and each by itself. A median for each.
/// </summary>
internal sealed class MemoryMeasure : IMeasure
{
    public const string Name = "memory_mb";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        var idle = await MedianAsync(context, async () => (await StoreProbe.IdleAsync()).PeakMemory);
        using var work = context.CreateWork();
        var import = await MedianAsync(context, async () => (await context.ImportAsync(context.Corpus.Select(), work.EmptyFolder("store"))).Probe.PeakMemory);
        var export = await MedianAsync(context, async () => (await StoreProbe.ExportAsync(work.Folder("store"), work.EmptyFolder("target"))).PeakMemory);
        var materialize = await HotCandidate.FindAsync(context) is { } candidate
            ? await MedianAsync(context, async () => (await candidate.MaterializeAsync(context, work.EmptyFolder("target"))).PeakMemory)
            : idle;

        Add("idle_process", idle);
        Add("import", import - idle);
        Add("export", export - idle);
        Add("materialize", materialize - idle);
        context.Report.Add(new Measurement(Name, Math.Max(Math.Max(import, export), materialize) - idle, Measurement.Ours, Measurement.Megabytes));

        void Add(string what, double value) =>
            context.Report.Add(new Measurement($"{Name}_{what}", value, Measurement.Ours, Measurement.Megabytes));
    }

    private static async Task<double> MedianAsync(BenchmarkContext context, Func<Task<double>> measure)
    {
        var values = new List<double>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            values.Add(await measure());
        }

        values.Sort();
        return values[values.Count / 2];
    }
}
