using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Tiers;

/// <summary>What every tier must do, in a directory.</summary>
public sealed class LocalDirectoryTierConformanceTests : StorageTierConformance, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    protected override IStorageTier Tier => field ??= new LocalDirectoryTier("local", _folder.Combine("objects"));

    public void Dispose() => _folder.Dispose();
}
