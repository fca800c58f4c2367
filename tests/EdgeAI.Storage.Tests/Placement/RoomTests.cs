using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>Room that a monitoring rule asks for.</summary>
public sealed class RoomTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MakeRoomAsync_MoreThanIsHot_DropsHotFilesAndSendsPacksToTheColdTier()
    {
        using var test = new TieredStore();
        await test.ImportAsync("used:1", TestModels.MatMul);
        await test.ImportAsync("pinned:1", TestModels.Mlp);
        (await test.Store.MaterializeAsync("used:1", Cancellation)).Dispose();
        (await test.Store.MaterializeAsync("pinned:1", Cancellation)).Dispose();
        await test.Store.PinAsync("pinned:1", Cancellation);

        var room = await test.Store.MakeRoomAsync(long.MaxValue, Cancellation);

        Assert.Equal((1, 1), (room.HotModelsDropped, room.PacksDemoted));
        Assert.True(room.Bytes > 1 << 20, $"{room}");
        var placements = (await test.Store.ListPlacementsAsync(Cancellation)).ToDictionary(placement => placement.Model.Name);
        Assert.True(placements["pinned"].HotBytes > 0);
        Assert.Equal(0, placements["used"].HotBytes);
        await test.RequireContentAsync("used:1", TestModels.MatMul);

        // What has gone for room is not brought back for having room, until it is used.
        Assert.Equal(0, (await test.Store.PlaceAsync(Cancellation)).PacksPromoted);
        await test.RequireHealthyAsync();
    }

    [Fact]
    public async Task MakeRoomAsync_LittleIsEnough_LeavesTheRest()
    {
        using var test = new TieredStore();
        await test.ImportAsync("a:1", TestModels.MatMul);
        await test.ImportAsync("b:1", TestModels.Mlp);
        (await test.Store.MaterializeAsync("a:1", Cancellation)).Dispose();
        (await test.Store.MaterializeAsync("b:1", Cancellation)).Dispose();

        Assert.Equal(1, (await test.Store.MakeRoomAsync(1, Cancellation)).HotModelsDropped);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await test.Store.MakeRoomAsync(0, Cancellation));
    }

    [Fact]
    public async Task GetDisksAsync_AllTiersOnOneDisk_IsOneDisk()
    {
        using var test = new TieredStore();

        var disk = Assert.Single(await test.Store.GetDisksAsync(Cancellation));

        Assert.Contains("hot", disk.Tiers);
        Assert.InRange(disk.Used!.Value, 0, 1);
    }
}
