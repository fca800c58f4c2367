using System.Diagnostics;
using EdgeAI.Benchmarks.Cluster.Links;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Benchmarks.Cluster.Pulls;

/// <summary>How soon a model that only the cluster has gives its first result, beside how long the plain file takes to come: pulled, laid out, loaded and run, as fast as it goes and over 100 Mbit.</summary>
internal static class FirstResultMeasure
{
    public const string Name = "cluster_first_result_over_download";

    // One square weight of noise: 144 MB, which shrink by a seventh.
    private const int Size = 6000;
    private const int Megabits = 100;
    private const string Plain = "first/";

    private static readonly TestModel Model = TestModels.MatMulOf("large", Size);
    private static readonly ModelReference Reference = ModelReference.Parse("large:1");

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-first-").FullName;
        await using var ceph = await CephServers.StartAsync();
        try
        {
            var file = Path.Combine(folder, "model.onnx");
            await File.WriteAllBytesAsync(file, Model.Content);
            await Bucket.CreateAsync(ceph);
            await Bucket.UploadAsync(ceph, Plain + "model.onnx", file);
            await using (var origin = Bucket.Open(Path.Combine(folder, "origin"), ceph.Endpoint))
            {
                await origin.ImportAsync(Reference, ModelSource.FromFile(file));
                await origin.FlushAsync();
            }

            await CompareAsync(Name, ceph, null, options.Repeats, folder, report);
            await CompareAsync(Name + "_100mbit", ceph, Megabits, 1, folder, report);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string name, CephServers ceph, int? megabits, int repeats, string folder, Report report)
    {
        await using var link = new LimitedProxy(ceph.Endpoint, megabits);
        var ours = new List<double>();
        var theirs = S3Client.All.ToDictionary(client => client, _ => new List<double>());
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var node = Path.Combine(folder, "node");
            ours.Add(await RunOnceAsync(node, link.Address));
            Directory.Delete(node, recursive: true);
            foreach (var (client, seconds) in theirs)
            {
                var copy = Directory.CreateDirectory(Path.Combine(folder, "copy")).FullName;
                seconds.Add(await client.DownloadAsync(link.Address, $"{Bucket.Name}/{Plain}", copy));
                Directory.Delete(copy, recursive: true);
            }

            Console.Error.WriteLine($"… {name}: first result after {ours[^1]:F2} s; {string.Join(", ", theirs.Select(client => $"{client.Key.Name} {client.Value[^1]:F2} s"))}");
        }

        var best = theirs.Values.Min(Statistics.Median);
        report.Add(name.Replace("_over_download", string.Empty, StringComparison.Ordinal), Statistics.Median(ours), "EdgeAI", "s");
        report.Add(name.Replace("_first_result_over", "_plain", StringComparison.Ordinal), best, "the better of rclone and aws", "s");
        report.Add(name, Statistics.Median(ours) / best, "the plain download", "ratio");
    }

    private static async Task<double> RunOnceAsync(string directory, Uri endpoint)
    {
        var inputs = Model.CreateInputs();
        var started = Stopwatch.GetTimestamp();
        await using var edge = EdgeRuntime.Create(
            options => options.DataDirectory = directory,
            builder => builder.AddStorage(storage => storage.AddCluster("ceph", Bucket.MakeTier(endpoint))));
        await using var lease = await edge.Engine.LoadAsync(Reference);
        using var outputs = await lease.RunAsync(inputs);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
