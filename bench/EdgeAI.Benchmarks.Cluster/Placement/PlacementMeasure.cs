using EdgeAI.Benchmarks.Reporting;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>
/// How much of the way from LRU to the offline optimum the store's policy goes, by the share of used bytes that a tier has; a tier of a tenth of what all models take, and one of a quarter.
/// </summary>
internal static class PlacementMeasure
{
    public const string Name = "placement_gain";

    private const int Models = 300;

    // Where the two differ by less, a share of the difference says nothing.
    private const double Least = 0.05;

    private static readonly (string Name, double Share)[] Tiers = [("tenth", 0.1), ("quarter", 0.25)];

    public static void Run(Report report)
    {
        var random = new Random(5);
        var lengths = Enumerable.Range(0, Models).Select(_ => (long)(1e8 * Math.Exp(Normal(random)))).ToArray();
        foreach (var trace in UseTrace.All(Models))
        {
            foreach (var (tier, share) in Tiers)
            {
                Run(trace, lengths, tier, (long)(share * lengths.Sum()), report);
            }
        }
    }

    /// <summary>A number of the standard normal distribution.</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Run(UseTrace trace, long[] lengths, string tier, long capacity, Report report)
    {
        Console.Error.WriteLine($"… {Name}: {trace.Name}, a {tier}");
        var lastUsed = TierSimulation.PlayLastUsed(trace.Uses, lengths, capacity);
        var policy = TierSimulation.PlayPolicy(trace.Uses, lengths, capacity);
        var optimum = TierSimulation.PlayOptimum(trace.Uses, lengths, capacity);
        report.Add($"placement_{trace.Name}_{tier}", lastUsed, "LRU", "of used bytes");
        report.Add($"placement_{trace.Name}_{tier}", policy, "EdgeAI", "of used bytes");
        if (trace.Likely is not null)
        {
            report.Add($"placement_{trace.Name}_{tier}", TierSimulation.PlayLikely(trace, lengths, capacity), "known probabilities", "of used bytes");
        }

        if (trace.Law is not null)
        {
            report.Add($"placement_{trace.Name}_{tier}", TierSimulation.PlayPast(trace, lengths, capacity), "known law and past, at most", "of used bytes");
        }

        report.Add($"placement_{trace.Name}_{tier}", optimum, "offline optimum", "of used bytes");
        if (optimum - lastUsed >= Least)
        {
            report.Add($"{Name}_{trace.Name}_{tier}", (policy - lastUsed) / (optimum - lastUsed), "LRU to optimum", "ratio");
        }
    }
}
