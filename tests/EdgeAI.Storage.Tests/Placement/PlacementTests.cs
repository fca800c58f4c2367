using System.ComponentModel.DataAnnotations;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class PlacementTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly TieredStore _test = new(tiers => tiers.Lifecycle.Add(new LifecycleRule { After = Week, To = Tier.Cold }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task ImportAsync_TiersElsewhere_PutsEachThingOnItsTier()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        await _test.UseAsync("m:1");

        Assert.NotEmpty(TieredStore.PacksOf(_test.Warm));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
        Assert.Empty(TieredStore.PacksOf(_test.Root));
        Assert.Single(Directory.GetDirectories(Path.Combine(_test.Hot, "hot")));
        var placement = Assert.Single(await _test.Store.ListPlacementsAsync(Cancellation));
        Assert.Equal(("m:1", 0L, false), (placement.Model.ToString(), placement.ColdBytes, placement.IsPinned));
        Assert.True(placement.HotBytes > 0 && placement.WarmBytes > 0);
        Assert.True(placement.LastUsedAt >= _test.Time.GetUtcNow().AddMinutes(-5));
        await _test.RequireContentAsync("m:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task PlaceAsync_NotUsedForLong_GoesToTheColdTierAndComesBackWhenUsed()
    {
        await _test.ImportAsync("old:1", TestModels.MatMul);
        await _test.UseAsync("old:1");
        var packs = TieredStore.PacksOf(_test.Warm);
        _test.Time.Offset = Week;
        await _test.ImportAsync("new:1", TestModels.Mlp);
        var others = TieredStore.PacksOf(_test.Warm).Except(packs).ToArray();

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal((1, packs.Length, 0), (report.HotModelsDropped, report.PacksDemoted, report.PacksPromoted));
        Assert.Equal(packs, TieredStore.PacksOf(_test.Cold));
        Assert.Equal(others, TieredStore.PacksOf(_test.Warm));
        Assert.Empty(await _test.HotModelsAsync());
        await _test.RequireHealthyAsync();
        Assert.Equal(new PlacementReport(0, 0, 0, 0, []) with { Damaged = report.Damaged }, (await _test.Store.PlaceAsync(Cancellation)) with { Damaged = report.Damaged });

        await _test.UseAsync("old:1");
        var back = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal((0, 0, packs.Length), (back.HotModelsDropped, back.PacksDemoted, back.PacksPromoted));
        Assert.Equal(report.BytesMoved, back.BytesMoved);
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
        await _test.RequireContentAsync("old:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task PlaceAsync_Pinned_StaysUntilThePinIsTaken()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        await _test.UseAsync("m:1");
        Assert.True(await _test.Store.PinAsync("m:1", Cancellation));
        Assert.False(await _test.Store.PinAsync("m:1", Cancellation));
        _test.Time.Offset = Week;
        _test.Reopen();

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal((0, 0), (report.HotModelsDropped, report.PacksDemoted));
        Assert.True(Assert.Single(await _test.Store.ListPlacementsAsync(Cancellation)).IsPinned);
        Assert.True(await _test.Store.UnpinAsync("m:1", Cancellation));
        Assert.False(await _test.Store.UnpinAsync("m:1", Cancellation));
        Assert.Equal(1, (await _test.Store.PlaceAsync(Cancellation)).HotModelsDropped);
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Store.PinAsync("nowhere:1", Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _test.Store.PinAsync($"m@{Digest.Of([])}", Cancellation));
    }

    [Fact]
    public async Task PlaceAsync_InUse_KeepsTheHotFiles()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);
        _test.Time.Offset = Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal(0, report.HotModelsDropped);
        Assert.True(report.PacksDemoted > 0);
        Assert.True(File.Exists(hot.Files.ModelPath));
    }

    [Fact]
    public async Task PlaceAsync_ClockSetBack_MovesNothing()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        _test.Time.Offset = -100 * Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal(0, report.PacksDemoted);
    }

    [Fact]
    public async Task PlaceAsync_WarmTierIsTooSmall_SendsTheLeastUsedAway()
    {
        using var test = new TieredStore();
        await test.ImportAsync("rare:1", TestModels.MatMul);
        var rare = TieredStore.PacksOf(test.Warm);
        var capacity = new DirectoryInfo(test.Warm).EnumerateFiles("*.pack", SearchOption.AllDirectories).Sum(pack => pack.Length) + 1000;
        await test.ImportAsync("often:1", TestModels.Mlp);
        for (var use = 0; use < 5; use++)
        {
            await test.UseAsync("often:1");
        }

        using var small = test.Open(tiers => tiers.Warm.Capacity = $"{capacity / 1000.0:0.###}kB");
        var report = await small.PlaceAsync(Cancellation);

        Assert.Equal(rare.Length, report.PacksDemoted);
        Assert.Equal(rare, TieredStore.PacksOf(test.Cold));
        await test.RequireContentAsync("rare:1", TestModels.MatMul);
    }

    [Fact]
    public async Task PlaceAsync_DamagedPack_StaysAndIsReported()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = Assert.Single(Directory.GetFiles(_test.Warm, "*.pack", SearchOption.AllDirectories));
        TestStore.Flip(pack, 1000);
        _test.Time.Offset = Week;

        var report = await _test.Store.PlaceAsync(Cancellation);

        Assert.Equal([$"packs/{Path.GetFileName(pack)}"], report.Damaged);
        Assert.True(File.Exists(pack));
        Assert.Empty(TieredStore.PacksOf(_test.Cold));
    }

    [Fact]
    public async Task PlaceAsync_DiedBetweenTheCopyAndTheDeletion_IsFinished()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = Assert.Single(Directory.GetFiles(_test.Warm, "*.pack", SearchOption.AllDirectories));
        var copy = Path.Combine(_test.Cold, "objects", "packs", Path.GetFileName(pack));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(pack, copy);
        await _test.RequireHealthyAsync();
        _test.Time.Offset = Week;

        await _test.Store.PlaceAsync(Cancellation);

        Assert.False(File.Exists(pack));
        Assert.True(File.Exists(copy));
        await _test.RequireContentAsync("m:1", TestModels.MatMul);
    }

    [Fact]
    public async Task CollectGarbageAsync_WhatIsCold_GoesTooAndTheIndexIsMadeFromIt()
    {
        await _test.ImportAsync("drop:1", TestModels.MatMul);
        await _test.ImportAsync("keep:1", TestModels.Mlp);
        _test.Time.Offset = Week;
        await _test.Store.PlaceAsync(Cancellation);
        await _test.Store.RemoveAsync("drop:1", Cancellation);

        var collected = await _test.Store.CollectGarbageAsync(Cancellation);
        var rebuilt = await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Equal(1, collected.PacksRemoved);
        Assert.Equal((1, 1), (rebuilt.Packs, rebuilt.Names));
        Assert.Single(TieredStore.PacksOf(_test.Cold));
        await _test.RequireContentAsync("keep:1", TestModels.Mlp);
        await _test.ImportAsync("drop:1", TestModels.MatMul);
        await _test.RequireContentAsync("drop:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task RepackAsync_SmallColdPacks_AreWholeAfterwards()
    {
        foreach (var (name, model) in new[] { ("a:1", TestModels.Mlp), ("b:1", TestModels.MatMul), ("c:1", TestModels.External), ("d:1", TestModels.Add) })
        {
            await _test.ImportAsync(name, model);
        }

        _test.Time.Offset = Week;
        await _test.Store.PlaceAsync(Cancellation);
        await _test.Store.RepackAsync(cancellationToken: Cancellation);
        await _test.Store.PlaceAsync(Cancellation);

        Assert.Empty(TieredStore.PacksOf(_test.Warm));
        Assert.Single(TieredStore.PacksOf(_test.Cold));
        await _test.RequireContentAsync("b:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task PlaceAsync_WhileOthersRead_NoReadFails()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                for (var reads = 0; ; reads++)
                {
                    if (end.IsCancellationRequested)
                    {
                        return reads;
                    }

                    await _test.RequireContentAsync("m:1", TestModels.MatMul);
                }
            },
            Cancellation)).ToArray();
        for (var move = 0; move < 30; move++)
        {
            _test.Time.Offset += Week;
            Assert.Equal((1, 0), await MoveAsync());
            await _test.UseAsync("m:1");
            Assert.Equal((0, 1), await MoveAsync());
        }

        await end.CancelAsync();

        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        await _test.RequireHealthyAsync();

        async Task<(int, int)> MoveAsync()
        {
            var report = await _test.Store.PlaceAsync(Cancellation);
            return (report.PacksDemoted, report.PacksPromoted);
        }
    }

    [Fact]
    public void Open_OptionsThatMakeNoSense_SaysWhatToDo()
    {
        RequireRefused("Warm has a capacity", tiers => (tiers.Warm.Capacity, tiers.Cold.Directory) = ("1GB", null));
        RequireRefused("'64 apples'", tiers => tiers.Hot.Capacity = "64 apples");
        RequireRefused("same directory", tiers => tiers.Cold.Directory = tiers.Warm.Directory);
        RequireRefused("After must be more than zero", tiers => tiers.Lifecycle.Add(new LifecycleRule { To = Tier.Cold }));
        RequireRefused("compression of Warm", tiers => tiers.Warm.Compression = TierCompression.Stronger);
        RequireRefused("compression of Cold", tiers => tiers.Cold.Compression = (TierCompression)7);
        RequireRefused("'5 apples'", tiers => tiers.Cold.CompressionRate = "5 apples");
        RequireRefused("rate of Hot", tiers => tiers.Hot.CompressionRate = "5MB");
        RequireRefused("Cold has no directory", tiers =>
        {
            tiers.Cold.Directory = null;
            tiers.Lifecycle.Add(new LifecycleRule { After = Week, To = Tier.Cold });
        });

        void RequireRefused(string reason, Action<TiersOptions> configure) =>
            Assert.Contains(reason, Assert.Throws<ValidationException>(() => _test.Open(configure)).Message, StringComparison.Ordinal);
    }
}
