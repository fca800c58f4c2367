using System.Diagnostics;
using EdgeAI.Benchmarks.Cluster.Links;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Pulls;

/// <summary>
/// A node that has nothing gets a family of models from a Ceph cluster, as fast as it goes and over 100 Mbit, beside rclone and the AWS command line, which get the plain files; and a node that has the first version gets the others.
/// </summary>
internal static class PullMeasure
{
    public const string Fresh = "pull_fresh_over_best_client";
    public const string Limited = "pull_100mbit_over_best_client";
    public const string Update = "pull_update_over_plan";

    private const int Megabits = 100;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var family = ModelFamily.Load(options.Corpus);
        var folder = Directory.CreateTempSubdirectory("edgeai-pulls-").FullName;
        await using var ceph = await CephServers.StartAsync();
        try
        {
            await Bucket.CreateAsync(ceph);
            foreach (var file in family.Files)
            {
                await Bucket.UploadAsync(ceph, $"plain/{file}", Path.Combine(family.Root, file));
            }

            await using var origin = Bucket.Open(Path.Combine(folder, "origin"), ceph.Endpoint);
            foreach (var file in family.Files)
            {
                await origin.ImportAsync(ModelFamily.NameOf(file), ModelSource.FromFile(Path.Combine(family.Root, file)));
            }

            await origin.FlushAsync();
            var stored = (await origin.GetUsageAsync()).StoredBytes;
            report.Add("pull_stored_over_logical", (double)stored / family.Length, "the plain files", "ratio");
            if (options.Wants(Fresh))
            {
                await CompareAsync(Fresh, "pull_fresh", ceph, null, options.Repeats, family, folder, report);
            }

            if (options.Wants(Limited))
            {
                await CompareAsync(Limited, "pull_100mbit", ceph, Megabits, 1, family, folder, report);
            }

            if (options.Wants(Update))
            {
                await MeasureUpdatesAsync(origin, ceph, family, Path.Combine(folder, "updated"), report);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string name, string figure, CephServers ceph, int? megabits, int repeats, ModelFamily family, string folder, Report report)
    {
        await using var link = new LimitedProxy(ceph.Endpoint, megabits);
        var seconds = S3Client.All.Select(client => client.Name).Prepend("EdgeAI").ToDictionary(who => who, _ => new List<double>());
        var bytes = new Dictionary<string, long>();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var node = Path.Combine(folder, "node");
            link.TakeBytes();
            seconds["EdgeAI"].Add(await PullAsync(node, link.Address, family));
            bytes["EdgeAI"] = link.TakeBytes();
            Directory.Delete(node, recursive: true);
            foreach (var client in S3Client.All)
            {
                var copy = Directory.CreateDirectory(Path.Combine(folder, "copy")).FullName;
                seconds[client.Name].Add(await client.DownloadAsync(link.Address, $"{Bucket.Name}/plain", copy));
                bytes[client.Name] = link.TakeBytes();
                Directory.Delete(copy, recursive: true);
            }

            Console.Error.WriteLine($"… {name}: {string.Join(", ", seconds.Select(who => $"{who.Key} {who.Value[^1]:F2} s and {bytes[who.Key] / 1e6:F1} MB"))}");
        }

        foreach (var (who, times) in seconds)
        {
            report.Add(figure, Statistics.Median(times), who, "s");
            report.Add(figure + "_moved", bytes[who] / 1e6, who, "MB");
        }

        report.Add(name, Statistics.Median(seconds["EdgeAI"]) / S3Client.All.Min(client => Statistics.Median(seconds[client.Name])), "the better of rclone and aws", "ratio");
    }

    private static async Task<double> PullAsync(string directory, Uri endpoint, ModelFamily family)
    {
        await using var node = Bucket.Open(directory, endpoint);
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var each = new List<string>();
        foreach (var file in family.Files)
        {
            var begun = Stopwatch.GetTimestamp();
            var pulled = await node.PullAsync(ModelFamily.NameOf(file));
            each.Add($"{Path.GetFileNameWithoutExtension(file)} {Stopwatch.GetElapsedTime(begun).TotalSeconds:F2} s for {pulled.BytesMoved / 1e6:F1} MB");
        }

        Console.Error.WriteLine($"… {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F2} s of the processor: {string.Join(", ", each)}");
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // What the store's own plan says must move, against what a node that has the first version moves.
    private static async Task MeasureUpdatesAsync(ModelStore origin, CephServers ceph, ModelFamily family, string folder, Report report)
    {
        var (moved, planned) = (0L, 0L);
        foreach (var file in family.Files.Skip(1))
        {
            await using var node = Bucket.Open(folder, ceph.Endpoint);
            var first = await node.PullAsync(ModelFamily.NameOf(family.Files[0]));
            var plan = await origin.PlanUpdateAsync([first.Model.Digest], ModelFamily.NameOf(file));
            var pulled = await node.PullAsync(ModelFamily.NameOf(file));
            var kind = Path.GetFileNameWithoutExtension(file);
            report.Add($"pull_update_{kind}_moved", pulled.BytesMoved / 1e6, "EdgeAI", "MB");
            report.Add($"pull_update_{kind}_moved", plan.MovedBytes / 1e6, "the store's own plan", "MB");
            (moved, planned) = (moved + pulled.BytesMoved, planned + plan.MovedBytes);
            await node.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        report.Add(Update, (double)moved / planned, "the store's own plan", "ratio");
    }
}
