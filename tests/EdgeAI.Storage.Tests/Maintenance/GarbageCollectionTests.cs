using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Maintenance;

public sealed class GarbageCollectionTests : IDisposable
{
    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task CollectGarbageAsync_NameRemoved_GivesItsSpaceBack()
    {
        await _test.ImportAsync("keep:1", TestModels.Mlp);
        var objects = _test.Objects();
        await _test.ImportAsync("drop:1", TestModels.MatMul);
        (await _test.Store.MaterializeAsync("drop:1", Cancellation)).Dispose();

        Assert.True(await _test.Store.RemoveAsync("drop:1", Cancellation));
        Assert.False(await _test.Store.RemoveAsync("drop:1", Cancellation));
        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal((1, 1, 1), (report.ManifestsRemoved, report.PacksRemoved, report.HotModelsRemoved));
        Assert.True(report.BytesFreed >= 512 * 512 * sizeof(float));
        Assert.Equal(objects, _test.Objects());
        Assert.Null(await _test.Store.FindAsync("drop:1", Cancellation));
        await _test.RequireContentAsync("keep:1", TestModels.Mlp);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task CollectGarbageAsync_ContentOfAnotherName_Stays()
    {
        await _test.ImportAsync("a:1", TestModels.MatMul);
        await _test.ImportAsync("b:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("a:1", Cancellation);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(0, report.PacksRemoved);
        await _test.RequireContentAsync("b:1", TestModels.MatMul);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CollectGarbageAsync_ModelThatAnotherWasTunedFrom_LeavesTheOtherWhole(bool isTunedFirst)
    {
        var (first, second) = isTunedFirst ? (TestModels.FineTunedMatMul, TestModels.MatMul) : (TestModels.MatMul, TestModels.FineTunedMatMul);
        await _test.ImportAsync("m:1", first);
        await _test.ImportAsync("m:2", second);
        await _test.Store.RemoveAsync("m:1", Cancellation);

        await _test.Store.CollectGarbageAsync(Cancellation);

        _test.Reopen();
        await _test.RequireContentAsync("m:2", second);
        await _test.RequireHealthyAsync();
        (await _test.Store.MaterializeAsync("m:2", Cancellation)).Dispose();
    }

    [Fact]
    public async Task CollectGarbageAsync_HotModelInUse_Stays()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);
        await _test.Store.RemoveAsync("m:1", Cancellation);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(0, report.HotModelsRemoved);
        Assert.True(File.Exists(hot.Files.ModelPath));
        Assert.True(File.Exists(hot.Files.WeightsPath));
    }

    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(true, 8, false)]
    [InlineData(false, 1, false)]
    public async Task CollectGarbageAsync_HotModelHalfMade_StaysForAWhile(bool isNamed, int days, bool stays)
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var digest = (await _test.Store.FindAsync("m:1", Cancellation))!.Digest;
        var unfinished = Directory.CreateDirectory(Path.Combine(_test.Directory, "hot", digest.Hex + ".unfinished")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(unfinished, "weights.bin"), new byte[5000], Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(unfinished, "journal"), [], Cancellation);
        File.SetLastWriteTimeUtc(Path.Combine(unfinished, "journal"), DateTime.UnixEpoch + (TimeProvider.System.GetUtcNow().AddDays(-days) - DateTimeOffset.UnixEpoch));
        Assert.True(isNamed || await _test.Store.RemoveAsync("m:1", Cancellation));

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(stays, Directory.Exists(unfinished));
        Assert.True(stays || report.BytesFreed >= 5000);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task CollectGarbageAsync_PackThatIsMostlyItsOwnIndex_Stays()
    {
        await _test.ImportAsync("tiny:1", TestModels.Add);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(new GarbageCollectionReport(0, 0, 0, 0, 0), report);
        await _test.RequireContentAsync("tiny:1", TestModels.Add);
    }

    [Fact]
    public async Task CollectGarbageAsync_PackThatIsMostlyGarbage_IsWrittenAnew()
    {
        await _test.ImportAsync("drop:1", TestModels.Get("external-two-files"));
        await _test.ImportAsync("keep:1", TestModels.External);
        await _test.Store.RemoveAsync("drop:1", Cancellation);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal((1, 1), (report.ManifestsRemoved, report.PacksRewritten));
        Assert.True(report.BytesFreed > 64 * 64 * sizeof(float) / 2);
        await _test.RequireContentAsync("keep:1", TestModels.External);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task CollectGarbageAsync_WhatACrashLeftUnderATemporaryName_Goes()
    {
        await _test.ImportAsync("keep:1", TestModels.Add);
        var objects = _test.Objects();
        await File.WriteAllBytesAsync(Path.Combine(_test.Directory, "objects", "manifests", "half.json.0.tmp"), new byte[77], Cancellation);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(77, report.BytesFreed);
        Assert.Equal(objects, _test.Objects());
    }

    [Fact]
    public async Task CollectGarbageAsync_EmptyStore_FreesNothing()
    {
        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(new GarbageCollectionReport(0, 0, 0, 0, 0), report);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task RemoveAsync_ByDigest_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(
        async () => await _test.Store.RemoveAsync(ModelReference.Parse("a").At(Digest.Of([])), Cancellation));
}
