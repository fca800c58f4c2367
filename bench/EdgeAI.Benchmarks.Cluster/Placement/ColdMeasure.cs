using System.Diagnostics;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>How long packs are on the cold tier, of what they were on the warm one, for each part of the corpus; and how fast they go there.</summary>
internal static class ColdMeasure
{
    public const string Name = "cold_stored_over_warm";

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var corpus = Path.Combine(options.Corpus, "corpus");
        foreach (var part in Directory.Exists(corpus) ? Directory.GetDirectories(corpus).Order() : throw new ArgumentException($"There is no corpus in '{options.Corpus}': make one with eng/make-corpus.sh."))
        {
            await RunAsync(part, report);
        }
    }

    private static async Task RunAsync(string part, Report report)
    {
        var root = Directory.CreateTempSubdirectory("edgeai-cold-").FullName;
        try
        {
            var options = new StorageOptions();
            (options.Tiers.Warm.Directory, options.Tiers.Cold.Directory) = (Path.Combine(root, "warm"), Path.Combine(root, "cold"));
            options.Tiers.Lifecycle.Add(new LifecycleRule { After = TimeSpan.FromTicks(1), To = Tier.Cold });
            await using var store = ModelStore.Open(Path.Combine(root, "store"), options);
            var length = await ImportAsync(store, part);
            var warm = SumPacks(root);
            Console.Error.WriteLine($"… {Name}: {Path.GetFileName(part)}, {warm / 1e6:F1} MB of packs");
            var clock = Stopwatch.StartNew();
            await store.PlaceAsync();
            var seconds = clock.Elapsed.TotalSeconds;
            if (!(await store.VerifyAsync()).IsHealthy)
            {
                throw new InvalidDataException($"What became of {part} on the cold tier is not what was imported.");
            }

            report.Add($"{Name}_{Path.GetFileName(part)}", (double)SumPacks(Path.Combine(root, "cold")) / warm, "warm packs", "ratio");
            report.Add($"cold_speed_{Path.GetFileName(part)}", length / seconds / 1e6, "EdgeAI", "MB/s of files");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<long> ImportAsync(ModelStore store, string part)
    {
        long length = 0;
        foreach (var file in Directory.EnumerateFiles(part).Where(file => !file.EndsWith(".data", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            try
            {
                var imported = await store.ImportAsync(ModelReference.Parse($"part/m{length}:1"), ModelSource.FromFile(file));
                length += imported.Model.Length;
            }
            catch (InvalidModelException exception)
            {
                Console.Error.WriteLine(exception.Message);
            }
        }

        return length;
    }

    private static long SumPacks(string folder) => Directory.EnumerateFiles(folder, "*.pack", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
