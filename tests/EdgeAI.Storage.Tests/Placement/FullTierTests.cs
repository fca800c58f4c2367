using EdgeAI.Configuration;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>Tiers whose disk is full.</summary>
public sealed class FullTierTests : IAsyncLifetime
{
    private const long DiskSize = 4 << 20;

    // Less than the model takes.
    private const long TooLittle = 500_000;

    private TemporaryFileSystem _disk = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _disk = await TemporaryFileSystem.MountAsync(DiskSize, Cancellation);

    public ValueTask DisposeAsync() => _disk.DisposeAsync();

    [Fact]
    public async Task PlaceAsync_ColdDiskFull_LeavesThePackWhereItIs()
    {
        using var test = new TieredStore(tiers =>
        {
            tiers.Cold.Directory = Path.Combine(_disk.Path, "cold");
            tiers.Lifecycle.Add(new LifecycleRule { After = TimeSpan.FromDays(1), To = Tier.Cold });
        });
        await test.ImportAsync("m:1", TestModels.MatMul);
        test.Time.Offset = TimeSpan.FromDays(1);
        _disk.FillUpTo(TooLittle);

        await Assert.ThrowsAsync<StorageFullException>(async () => await test.Store.PlaceAsync(Cancellation));

        Assert.Single(TieredStore.PacksOf(test.Warm));
        await test.RequireContentAsync("m:1", TestModels.MatMul);
        _disk.Free();
        Assert.Equal(1, (await test.Store.PlaceAsync(Cancellation)).PacksDemoted);
        await test.RequireContentAsync("m:1", TestModels.MatMul);
        await test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_WarmDiskFull_LeavesNothing()
    {
        using var test = new TieredStore(tiers => tiers.Warm.Directory = Path.Combine(_disk.Path, "warm"));
        await test.ImportAsync("small:1", TestModels.Mlp);
        _disk.FillUpTo(TooLittle);

        await Assert.ThrowsAsync<StorageFullException>(() => test.ImportAsync("m:1", TestModels.MatMul));

        _disk.Free();
        Assert.Single(await test.Store.ListAsync(Cancellation));
        await test.ImportAsync("m:1", TestModels.MatMul);
        await test.RequireContentAsync("m:1", TestModels.MatMul);
        await test.RequireHealthyAsync();
    }

    [Fact]
    public async Task MaterializeAsync_HotDiskFull_SaysSoAndWorksWhenThereIsRoom()
    {
        using var test = new TieredStore(tiers => tiers.Hot.Directory = Path.Combine(_disk.Path, "hot"));
        await test.ImportAsync("m:1", TestModels.MatMul);
        await test.Store.ListAsync(Cancellation);
        _disk.FillUpTo(TooLittle);

        await Assert.ThrowsAsync<StorageFullException>(() => test.UseAsync("m:1"));

        _disk.Free();
        await test.UseAsync("m:1");
        Assert.Equal(["m:1"], await test.HotModelsAsync());
    }
}
