using System.Globalization;
using System.Net.Http.Headers;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Benchmarks.Serving.Load;
using EdgeAI.Benchmarks.Serving.Models;
using EdgeAI.Benchmarks.Serving.Servers;

namespace EdgeAI.Benchmarks.Serving.Measures;

/// <summary>
/// <c>rps_over_bare</c>: answers a second of the EdgeAI endpoint over those of the hand-written one, for 1, 8 and 64 clients, turn by turn; <c>batched_over_bare</c>: the same for a model whose
/// requests share runs, at 64 clients.
/// </summary>
internal static class ThroughputMeasure
{
    public const string Name = "rps_over_bare";
    public const string BatchedName = "batched_over_bare";

    private const string Ours = "EdgeAI";
    private const string Theirs = "hand-written endpoint";
    private const string Octets = "application/octet-stream";
    private const int Many = 64;
    private const int WarmUps = 2;

    private static readonly int[] Clients = [1, 8, Many];

    public static async Task RunAsync(BenchmarkOptions options, ServerProcess edge, ServerProcess bare, Report report)
    {
        if (options.Wants(Name))
        {
            var worst = double.MaxValue;
            foreach (var model in new[] { BenchmarkModels.Silero, BenchmarkModels.Detection })
            {
                foreach (var clients in Clients)
                {
                    worst = Math.Min(worst, await CompareAsync(options, edge, model.EdgePath, bare, model, $"{Name}_{model.Name}", clients, report));
                }
            }

            report.Add(Name + "_worst", worst, Theirs, "x");
        }

        if (options.Wants(BatchedName))
        {
            await CompareAsync(options, edge, $"/v2/models/{EdgeServer.Batched}/infer", bare, BenchmarkModels.Classifier, BatchedName, Many, report);
        }
    }

    private static async Task<double> CompareAsync(
        BenchmarkOptions options, ServerProcess edge, string edgePath, ServerProcess bare, ServedBenchmarkModel model, string measure, int clients, Report report)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{measure}_{clients}");
        Console.Error.WriteLine(name);
        await AskOnceAsync(bare.Address + model.BarePath, model.Bare, 0, model.BareType);
        await AskOnceAsync(edge.Address + edgePath, model.Edge, model.HeaderLength, Octets);
        var (ours, theirs) = (new List<LoadResult>(), new List<LoadResult>());
        for (var i = -WarmUps; i < options.Repeats; i++)
        {
            // The first turns warm both up: what is compiled as it runs is compiled again after some thousand requests.
            var seconds = options.Seconds * (i < 0 ? 1 : model.SecondsFactor);
            var one = await Wrk.RunAsync(bare.Address + model.BarePath, model.Bare, 0, model.BareType, clients, seconds);
            await bare.WaitUntilIdleAsync();
            var other = await Wrk.RunAsync(edge.Address + edgePath, model.Edge, model.HeaderLength, Octets, clients, seconds);
            await edge.WaitUntilIdleAsync();
            if (i >= 0)
            {
                theirs.Add(one);
                ours.Add(other);
            }
        }

        var ratio = Statistics.Median(ours.Zip(theirs, (our, their) => our.PerSecond / their.PerSecond));
        report.Add(name, ratio, Theirs, "x");
        Add(report, name, ours, Ours);
        Add(report, name, theirs, Theirs);
        return ratio;
    }

    // The first answer loads the model, and says that there is something to measure.
    private static async Task AskOnceAsync(string address, byte[] body, int headerLength, string contentType)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (headerLength > 0)
        {
            content.Headers.Add("Inference-Header-Content-Length", headerLength.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await http.PostAsync(address, content);
        response.EnsureSuccessStatusCode();
    }

    private static void Add(Report report, string name, List<LoadResult> results, string who)
    {
        report.Add(name + "_per_s", Statistics.Median(results.Select(result => result.PerSecond)), who, "/s");
        report.Add(name + "_p50", Statistics.Median(results.Select(result => result.P50)), who, "ms");
        report.Add(name + "_p99", Statistics.Median(results.Select(result => result.P99)), who, "ms");
        if (results.Sum(result => result.Errors) is var errors and > 0)
        {
            report.Add(name + "_errors", errors, who, string.Empty);
        }
    }
}
