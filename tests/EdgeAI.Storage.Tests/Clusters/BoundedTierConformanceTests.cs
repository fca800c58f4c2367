using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Transfers;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>A tier whose calls are bounded and whose bytes wait for their turn is a tier still.</summary>
public sealed class BoundedTierConformanceTests : StorageTierConformance
{
    protected override IStorageTier Tier { get; } = new BoundedTier(new MemoryTier("memory"), TimeSpan.FromMinutes(10), TimeProvider.System, new TransferScheduler());
}
