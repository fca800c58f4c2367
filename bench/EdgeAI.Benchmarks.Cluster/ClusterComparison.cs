using EdgeAI.Benchmarks.Cluster.Placement;
using EdgeAI.Benchmarks.Cluster.Pulls;
using EdgeAI.Benchmarks.Cluster.Transfers;
using EdgeAI.Benchmarks.Reporting;

namespace EdgeAI.Benchmarks.Cluster;

/// <summary>Measures what goes between this machine and others, and prints a table.</summary>
internal static class ClusterComparison
{
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var report = new Report();
        if (options.Wants(CriticalMeasure.Name))
        {
            await CriticalMeasure.RunAsync(options, report);
        }

        if (options.Wants(PlacementMeasure.Name))
        {
            PlacementMeasure.Run(report);
        }

        if (options.Wants(ColdMeasure.Name))
        {
            await ColdMeasure.RunAsync(options, report);
        }

        if (options.Wants(TieredMeasure.Latency) || options.Wants(TieredMeasure.Cost))
        {
            await TieredMeasure.RunAsync(report);
        }

        if (options.Wants(PullMeasure.Fresh) || options.Wants(PullMeasure.Limited) || options.Wants(PullMeasure.Update))
        {
            await PullMeasure.RunAsync(options, report);
        }

        if (options.Wants(FirstResultMeasure.Name))
        {
            await FirstResultMeasure.RunAsync(options, report);
        }

        Console.WriteLine(report.ToMarkdown());
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, report.ToJson());
        }

        return report.IsEmpty ? throw new ArgumentException($"No measure is called '{string.Join(',', options.Only)}'.") : 0;
    }
}
