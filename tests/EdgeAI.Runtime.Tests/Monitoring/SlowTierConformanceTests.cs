using EdgeAI.Storage;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>The decorator that delays answers is a tier like the one inside, however late it answers.</summary>
public sealed class SlowTierConformanceTests : StorageTierConformance
{
    protected override IStorageTier Tier { get; } = new SlowTier(new MemoryTier("memory"), new FakeTimeProvider()) { Delay = TimeSpan.FromMilliseconds(60) };
}
