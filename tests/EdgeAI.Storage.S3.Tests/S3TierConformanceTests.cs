using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.S3.Tests.Servers;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>What every tier must do, on a real cluster.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3TierConformanceTests(CephCluster ceph) : StorageTierConformance, IAsyncLifetime
{
    private S3Tier? _tier;

    protected override IStorageTier Tier => _tier!;

    public async ValueTask InitializeAsync()
    {
        await ceph.StartAsync();
        _tier = new S3Tier("primary", ceph.Options("conformance/"));
    }

    public ValueTask DisposeAsync()
    {
        _tier?.Dispose();
        return ValueTask.CompletedTask;
    }
}
