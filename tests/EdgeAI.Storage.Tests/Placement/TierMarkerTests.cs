using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>Disks that are not there, and directories of others: nothing counts as lost.</summary>
public sealed class TierMarkerTests : IDisposable
{
    private readonly TieredStore _test = new(tiers => tiers.Lifecycle.Add(new() { After = TimeSpan.FromDays(1), To = Tier.Cold }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_ColdDiskNotThere_SaysSoAndLosesNothing(bool isEmptyFolder)
    {
        await MakeColdAsync();
        Directory.Move(_test.Cold, _test.Cold + ".away");
        if (isEmptyFolder)
        {
            Directory.CreateDirectory(_test.Cold);
        }

        await RequireAwayAsync(async () => await _test.RequireContentAsync("cold:1", TestModels.MatMul));
        await RequireAwayAsync(async () => await _test.Store.CollectGarbageAsync(Cancellation));
        await RequireAwayAsync(async () => await _test.Store.RebuildIndexAsync(Cancellation));
        await RequireAwayAsync(async () => await _test.Store.PlaceAsync(Cancellation));
        await _test.RequireContentAsync("warm:1", TestModels.Mlp);
        _test.Reopen();
        await RequireAwayAsync(async () => await _test.Store.ListAsync(Cancellation));

        if (isEmptyFolder)
        {
            Directory.Delete(_test.Cold);
        }

        Directory.Move(_test.Cold + ".away", _test.Cold);
        await _test.RequireContentAsync("cold:1", TestModels.MatMul);
        await _test.RequireContentAsync("warm:1", TestModels.Mlp);
        await _test.RequireHealthyAsync();

        async Task RequireAwayAsync(Func<Task> call) =>
            Assert.Equal(_test.Cold, (await Assert.ThrowsAsync<StorageTierUnavailableException>(call)).Path);
    }

    [Fact]
    public async Task Any_WarmDiskNotThere_WritesNothingElsewhere()
    {
        await _test.ImportAsync("warm:1", TestModels.Mlp);
        Directory.Move(_test.Warm, _test.Warm + ".away");

        await Assert.ThrowsAnyAsync<StorageException>(() => _test.ImportAsync("other:1", TestModels.MatMul));

        Assert.False(Directory.Exists(_test.Warm));

        // As a disk leaves its place when it is not mounted.
        Directory.CreateDirectory(_test.Warm);
        await Assert.ThrowsAsync<StorageTierUnavailableException>(() => _test.ImportAsync("other:1", TestModels.MatMul));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_test.Warm));
        Directory.Delete(_test.Warm);

        Directory.Move(_test.Warm + ".away", _test.Warm);
        await _test.RequireContentAsync("warm:1", TestModels.Mlp);
        await _test.ImportAsync("other:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ListPlacementsAsync_OneManifestIsDamaged_ListsTheOthersAndSaysWhich()
    {
        await _test.ImportAsync("good:1", TestModels.Mlp);
        await _test.ImportAsync("bad:1", TestModels.MatMul);
        var digest = (await _test.Store.FindAsync("bad:1", Cancellation))!.Digest;
        var path = Path.Combine(_test.Root, "objects", "manifests", digest.Hex + ".json");
        File.SetAttributes(path, FileAttributes.Normal);
        await File.WriteAllTextAsync(path, "{}", Cancellation);

        var placements = await _test.Store.ListPlacementsAsync(Cancellation);

        Assert.Equal([("bad:1", true, false), ("good:1", false, true)], placements.Select(placed => (placed.Model.ToString(), placed.IsDamaged, placed.WarmBytes > 0)));
    }

    [Fact]
    public async Task OpenObjects_StoreOverSeveralDisks_RepairsFromAllOfThem()
    {
        await MakeColdAsync();
        using var damaged = new TestStore();
        await damaged.ImportAsync("cold:1", TestModels.MatMul);
        await damaged.ImportAsync("warm:1", TestModels.Mlp);
        foreach (var pack in Directory.EnumerateFiles(damaged.Directory, "*.pack", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(pack, Cancellation);
            bytes[20] ^= 1;
            File.SetAttributes(pack, FileAttributes.Normal);
            await File.WriteAllBytesAsync(pack, bytes, Cancellation);
        }

        var report = await damaged.Store.RepairAsync(ModelStore.OpenObjects(_test.Root), Cancellation);

        Assert.Empty(report.Unrepaired);
        Assert.True(report.ChunksRepaired >= 2);
        await damaged.RequireContentAsync("cold:1", TestModels.MatMul);
        await damaged.RequireContentAsync("warm:1", TestModels.Mlp);
        Directory.Move(_test.Cold, _test.Cold + ".away");
        Assert.Equal(_test.Cold, Assert.Throws<StorageTierUnavailableException>(() => ModelStore.OpenObjects(_test.Root)).Path);
        Directory.Move(_test.Cold + ".away", _test.Cold);
    }

    [Fact]
    public async Task Open_PlaceThatTheConfigurationHasForgotten_IsRefused()
    {
        await MakeColdAsync();
        using var forgetful = _test.Open(tiers => tiers.Cold.Directory = null);

        var exception = await Assert.ThrowsAsync<StorageTierUnavailableException>(async () => await forgetful.ListAsync(Cancellation));

        Assert.Equal(_test.Cold, exception.Path);
        await _test.RequireContentAsync("cold:1", TestModels.MatMul);
    }

    [Fact]
    public async Task Open_PlaceThatHasNothing_MayBeGivenUp()
    {
        await _test.ImportAsync("warm:1", TestModels.Mlp);
        using var plain = _test.Open(tiers => tiers.Cold.Directory = null);

        Assert.Single(await plain.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Open_WarmTierAddedLater_ReadsWhatIsInTheStoresDirectory()
    {
        using var test = new TieredStore(tiers => (tiers.Warm.Directory, tiers.Cold.Directory, tiers.Hot.Directory) = (null, null, null));
        await test.ImportAsync("m:1", TestModels.MatMul);
        using var spread = test.Open(tiers => tiers.Lifecycle.Add(new() { After = TimeSpan.FromDays(1), To = Tier.Cold }));

        Assert.True((await spread.VerifyAsync(Cancellation)).IsHealthy);
        Assert.Equal(0, (await spread.PlaceAsync(Cancellation)).PacksDemoted);
        test.Time.Offset = TimeSpan.FromDays(2);
        Assert.Equal(1, (await spread.PlaceAsync(Cancellation)).PacksDemoted);
        Assert.Empty(TieredStore.PacksOf(test.Root));
        Assert.True((await spread.VerifyAsync(Cancellation)).IsHealthy);
    }

    [Fact]
    public async Task Open_DirectoryOfAnotherStore_IsRefused()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var other = new TieredStore(tiers => tiers.Cold.Directory = _test.Cold);

        var exception = await Assert.ThrowsAsync<StorageTierUnavailableException>(async () => await other.Store.ListAsync(Cancellation));

        Assert.Contains("another store", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_MarkerIsDamaged_SaysWhatToDo()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        await File.WriteAllTextAsync(Path.Combine(_test.Root, "edgeai-store.json"), "{", Cancellation);
        _test.Reopen();

        var exception = await Assert.ThrowsAsync<StorageException>(async () => await _test.Store.ListAsync(Cancellation));

        Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
    }

    private async Task MakeColdAsync()
    {
        await _test.ImportAsync("cold:1", TestModels.MatMul);
        _test.Time.Offset = TimeSpan.FromDays(2);
        await _test.ImportAsync("warm:1", TestModels.Mlp);
        Assert.Equal(1, (await _test.Store.PlaceAsync(Cancellation)).PacksDemoted);
    }
}
