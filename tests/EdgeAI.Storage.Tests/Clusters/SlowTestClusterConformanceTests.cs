using EdgeAI.Storage.Conformance;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>The decorator that breaks things for other tests does what every tier must do while its answers come late and out of order.</summary>
public sealed class SlowTestClusterConformanceTests : StorageTierConformance, IDisposable
{
    private readonly TestCluster _cluster = new() { Before = WaitAsync };

    protected override IStorageTier Tier => _cluster;

    public void Dispose() => _cluster.Dispose();

    private static async ValueTask WaitAsync(string key, CancellationToken cancellationToken)
    {
        for (var turns = Random.Shared.Next(20); turns > 0; turns--)
        {
            await Task.Yield();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
