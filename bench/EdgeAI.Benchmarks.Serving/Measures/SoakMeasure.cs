using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Benchmarks.Serving.Load;
using EdgeAI.Benchmarks.Serving.Models;
using EdgeAI.Benchmarks.Serving.Servers;

namespace EdgeAI.Benchmarks.Serving.Measures;

/// <summary><c>soak</c>: the EdgeAI server at nine tenths of the load that it takes, for minutes: errors, and what its memory grew by after the first fifth.</summary>
internal static class SoakMeasure
{
    public const string Name = "soak";

    private const string Who = "EdgeAI";
    private const int Clients = 16;
    private const double Share = 0.9;
    private const int WarmUpSeconds = 10;
    private const int Parts = 5;

    public static async Task RunAsync(BenchmarkOptions options, ServerProcess edge, Report report)
    {
        Console.Error.WriteLine(Name);
        var body = Path.GetTempFileName();
        await File.WriteAllBytesAsync(body, BenchmarkModels.Silero.Edge);
        var address = edge.Address + BenchmarkModels.Silero.EdgePath;
        var most = await LoadClient.StartAsync(address, body, Clients, WarmUpSeconds, 0);
        var (results, memory) = (new List<LoadResult>(), new List<long>());
        for (var part = 0; part < Parts; part++)
        {
            results.Add(await LoadClient.StartAsync(address, body, Clients, options.SoakMinutes * 60 / Parts, most.PerSecond * Share));
            memory.Add(edge.ResidentBytes);
        }

        File.Delete(body);
        report.Add(Name + "_errors", results.Sum(result => result.Errors), Who, string.Empty);
        report.Add(Name + "_per_s", results.Average(result => result.PerSecond), Who, "/s");
        report.Add(Name + "_share", results.Average(result => result.PerSecond) / most.PerSecond, Who, "of the most");
        report.Add(Name + "_p99", results.Max(result => result.P99), Who, "ms");
        report.Add(Name + "_memory", memory[^1] / 1e6, Who, "MB");
        report.Add(Name + "_memory_growth", (double)memory[^1] / memory[0], Who, "x of the first fifth's");
    }
}
