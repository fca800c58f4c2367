using EdgeAI.Benchmarks.Cluster.Placement;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>The decorator by which a benchmark models disks is a tier like the one inside.</summary>
public sealed class ClockedTierConformanceTests : StorageTierConformance
{
    protected override IStorageTier Tier { get; } = new ClockedTier(new MemoryTier("memory"), Storage.Tier.Warm, new DiskClock(1));
}
