using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>
/// Whether tiers pay: 200 GB of models, two thousand times smaller, in a real store over three directories, whose reads count the time that disks of stated speeds take for the real size. The same
/// trace with all packs on the cold disk and nothing kept hot, and with everything on the hot one.
/// </summary>
internal static class TieredMeasure
{
    public const string Latency = "tiered_latency_over_cold";
    public const string Cost = "tiered_cost_over_hot";

    private const double RealBytes = 200e9;
    private const double Scale = 2000;
    private const int Models = 120;
    private const int Loads = 2500;

    // What an app's host does each ten minutes, and how many loads there are by then.
    private const int PlaceEvery = 25;

    private const double HotShare = 0.25;
    private const double WarmShare = 0.25;

    public static async Task RunAsync(Report report)
    {
        var random = new Random(6);
        var lengths = Enumerable.Range(0, Models).Select(_ => Math.Exp(0.8 * PlacementMeasure.Normal(random))).ToArray();
        var total = lengths.Sum();
        lengths = [.. lengths.Select(length => length / total * RealBytes / Scale)];
        var trace = UseTrace.All(Models).Single(trace => trace.Name == "drifting").Uses[..Loads];
        var folder = Directory.CreateTempSubdirectory("edgeai-tiers-").FullName;
        try
        {
            Console.Error.WriteLine($"… {Latency}: {Models} models, {Loads} loads");
            var tiered = await PlayAsync(Path.Combine(folder, "tiered"), lengths, trace, RealBytes * HotShare, RealBytes * WarmShare);
            var cold = await PlayAsync(Path.Combine(folder, "cold"), lengths, trace, 1e3 * Scale, 1e3 * Scale);
            var hotCost = RealBytes / 1e9 * Disk.Of(Tier.Hot).Price;
            report.Add("tiered_mean_load", tiered.MeanSeconds, "hot, warm and cold", "s");
            report.Add("tiered_mean_load", cold.MeanSeconds, "all on cold", "s");
            report.Add("tiered_mean_load", trace.Average(model => lengths[model] * Scale / Disk.Of(Tier.Hot).BytesPerSecond), "all on hot", "s");
            report.Add("tiered_cost", tiered.Cost, "hot, warm and cold", "price units");
            report.Add("tiered_cost", hotCost, "all on hot", "price units");
            report.Add(Latency, tiered.MeanSeconds / cold.MeanSeconds, "all on cold", "ratio");
            report.Add(Cost, tiered.Cost / hotCost, "all on hot", "ratio");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double MeanSeconds, double Cost)> PlayAsync(string folder, double[] lengths, int[] trace, double hotBytes, double warmBytes)
    {
        var options = new StorageOptions();
        options.Tiers.Hot = new TierOptions { Directory = Path.Combine(folder, "hot"), Capacity = Size(hotBytes) };
        options.Tiers.Warm = new TierOptions { Directory = Path.Combine(folder, "warm"), Capacity = Size(warmBytes) };
        options.Tiers.Cold = new TierOptions { Directory = Path.Combine(folder, "cold"), Compression = TierCompression.None };
        await using var store = ModelStore.Open(Path.Combine(folder, "store"), options);
        var clock = new DiskClock(Scale);
        store.LocalObjects.DecoratePackReads((tier, reader) => new ClockedTier(reader, tier, clock));
        await ImportAsync(store, lengths);
        await store.PlaceAsync();
        clock.Take();
        var (seconds, rent) = (0.0, new List<double>());
        for (var load = 0; load < trace.Length; load++)
        {
            using (var hot = await store.MaterializeAsync(NameOf(trace[load])))
            {
                // The run reads what was laid out.
                clock.Read(Tier.Hot, hot.Files.ModelPath, new FileInfo(hot.Files.ModelPath).Length);
            }

            seconds += clock.Take();
            if (load % PlaceEvery == PlaceEvery - 1)
            {
                await store.PlaceAsync();
                rent.Add(CostOf(await store.ListPlacementsAsync()));
                clock.Take();
            }
        }

        return (seconds / trace.Length, rent.Average());
    }

    // What the models take, disk by disk.
    private static double CostOf(IReadOnlyList<ModelPlacement> models) => Scale / 1e9
        * ((models.Sum(model => model.HotBytes) * Disk.Of(Tier.Hot).Price)
            + (models.Sum(model => model.WarmBytes) * Disk.Of(Tier.Warm).Price)
            + (models.Sum(model => model.ColdBytes) * Disk.Of(Tier.Cold).Price));

    private static async Task ImportAsync(ModelStore store, double[] lengths)
    {
        var random = new Random(7);
        for (var model = 0; model < lengths.Length; model++)
        {
            // Weights that are drawn at random don't shrink: what is stored is as long as what is hot.
            var content = new byte[(int)lengths[model]];
            random.NextBytes(content);
            await store.ImportAsync(NameOf(model), ModelSource.FromMemory(content, "weights.bin"));
        }
    }

    private static ModelReference NameOf(int model) => ModelReference.Parse($"model{model}:1");

    private static string Size(double realBytes) => new ByteSize((long)(realBytes / Scale)).ToString();
}
