using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Tests.Tiers;

public sealed class MemoryTierConformanceTests : StorageTierConformance
{
    protected override IStorageTier Tier { get; } = new MemoryTier("memory");
}
