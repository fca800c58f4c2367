using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>A kind of disk, as it is sold.</summary>
/// <param name="Tier">What it is used for.</param>
/// <param name="BytesPerSecond">How fast it reads one file after the other.</param>
/// <param name="Access">How long it takes before the first byte.</param>
/// <param name="Price">Of a gigabyte, in a currency that falls out of all ratios.</param>
internal sealed record Disk(Tier Tier, double BytesPerSecond, TimeSpan Access, double Price)
{
    /// <summary>An NVMe disk of 3 GB/s, a SATA SSD of 500 MB/s, a hard disk of 150 MB/s.</summary>
    public static IReadOnlyList<Disk> All { get; } =
    [
        new(Tier.Hot, 3e9, TimeSpan.FromMilliseconds(0.1), 0.10),
        new(Tier.Warm, 500e6, TimeSpan.FromMilliseconds(0.2), 0.06),
        new(Tier.Cold, 150e6, TimeSpan.FromMilliseconds(12), 0.015),
    ];

    /// <summary>The disk of a tier.</summary>
    public static Disk Of(Tier tier) => All.Single(disk => disk.Tier == tier);
}
