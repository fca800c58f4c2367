using EdgeAI.Samples.Tests.Servers;
using EdgeAI.Storage;
using EdgeAI.Storage.Conformance;

namespace EdgeAI.Samples.Tests;

/// <summary>The sample's tier does what every tier must do.</summary>
public sealed class BlobTierConformanceTests(BlobEmulator emulator) : StorageTierConformance, IAsyncLifetime
{
    private BlobTier? _tier;

    protected override IStorageTier Tier => _tier!;

    public async ValueTask InitializeAsync() => _tier = new BlobTier("blob", await emulator.CreateContainerAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
