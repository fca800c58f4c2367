using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Benchmarks.Serving.Measures;
using EdgeAI.Benchmarks.Serving.Models;
using EdgeAI.Benchmarks.Serving.Servers;

namespace EdgeAI.Benchmarks.Serving;

/// <summary>Measures what serving over HTTP costs beside an endpoint written by hand, and prints a table.</summary>
internal static class ServingComparison
{
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        if (!File.Exists(Path.Combine(options.Models, BenchmarkModels.SileroFile)))
        {
            throw new ArgumentException($"'{options.Models}' lacks the models: bash eng/fetch-models.sh gets them.");
        }

        BenchmarkModels.EnsureClassifier(options.Models);
        var report = new Report();
        var data = Directory.CreateTempSubdirectory("edgeai-serving-");
        try
        {
            await using var edge = await ServerProcess.StartAsync(EdgeServer.Command, options.Models, data.FullName);
            await using (var bare = await ServerProcess.StartAsync(BareServer.Command, options.Models))
            {
                await ThroughputMeasure.RunAsync(options, edge, bare, report);
            }

            await RemoteMeasure.RunAsync(options, report);

            if (options.Wants(SoakMeasure.Name))
            {
                await SoakMeasure.RunAsync(options, edge, report);
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }

        Console.WriteLine(report.ToMarkdown());
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, report.ToJson());
        }

        return report.IsEmpty ? throw new ArgumentException($"No measure is called '{string.Join(',', options.Only)}'.") : 0;
    }
}
