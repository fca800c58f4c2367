using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>Measures swaps and the budget, and prints a table.</summary>
internal static class SwapComparison
{
    public static IReadOnlyList<IMeasure> Measures { get; } = [new SwapTimeMeasure(), new SwapDriftMeasure(), new ZipfMeasure()];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        Directory.CreateDirectory(options.Work);
        var context = new BenchmarkContext(options, new Report());
        foreach (var measure in Measures)
        {
            await measure.RunAsync(context);
        }

        Console.WriteLine(context.Report.ToMarkdown());
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, context.Report.ToJson());
        }

        return 0;
    }
}
