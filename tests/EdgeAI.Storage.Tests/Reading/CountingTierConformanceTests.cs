using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Tests.Reading;

/// <summary>The decorator that counts reads is a tier like the one inside.</summary>
public sealed class CountingTierConformanceTests : StorageTierConformance
{
    protected override IStorageTier Tier { get; } = new CountingTier(new MemoryTier("memory"));
}
