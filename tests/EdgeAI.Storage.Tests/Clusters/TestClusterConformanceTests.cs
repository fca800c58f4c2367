using EdgeAI.Storage.Conformance;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>The decorator that breaks things for other tests does what every tier must do as long as it is not told to.</summary>
public sealed class TestClusterConformanceTests : StorageTierConformance, IDisposable
{
    private readonly TestCluster _cluster = new();

    protected override IStorageTier Tier => _cluster;

    public void Dispose() => _cluster.Dispose();
}
