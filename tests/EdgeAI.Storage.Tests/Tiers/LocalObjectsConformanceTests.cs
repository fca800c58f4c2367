using EdgeAI.Configuration;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Tiers;

/// <summary>The store's own objects over a warm and a cold directory.</summary>
public sealed class LocalObjectsConformanceTests : StorageTierConformance, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public LocalObjectsConformanceTests() => Tier = MakeTier();

    protected override IStorageTier Tier { get; }

    public void Dispose() => _folder.Dispose();

    private LocalObjects MakeTier()
    {
        var tiers = new TiersOptions();
        (tiers.Warm.Directory, tiers.Cold.Directory) = (_folder.Combine("warm"), _folder.Combine("cold"));
        var directory = new StoreDirectory(_folder.Combine("store"), tiers);
        var markers = new TierMarkers(directory.Root, [directory.WarmTier!, directory.ColdTier!], null);
        Directory.CreateDirectory(directory.Locks);
        markers.Open_NeedsLock();
        directory.Create();
        return new LocalObjects(directory, markers);
    }
}
