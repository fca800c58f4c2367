using System.ComponentModel.DataAnnotations;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Tests.Codecs;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Maintenance;

public sealed class RepackTests : IDisposable
{
    private const int Elements = 4096;

    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int PackCount => _test.Objects().Count(path => path.EndsWith(".pack", StringComparison.Ordinal));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task RepackAsync_ManySmallPacks_BecomeOne()
    {
        TestModel[] models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];
        foreach (var model in models)
        {
            await _test.ImportAsync($"{model.Name}:1", model);
        }

        var report = await _test.Store.RepackAsync(null, Cancellation);
        var again = await _test.Store.RepackAsync(null, Cancellation);

        Assert.Equal((models.Length, 1), (report.PacksRewritten, report.PacksWritten));
        Assert.InRange(report.BytesFreed, report.BytesWritten, report.BytesWritten + 4096);
        Assert.Equal(new RepackReport(0, 0, 0, 0, 0), again);
        Assert.Equal(1, PackCount);
        _test.Reopen();
        foreach (var model in models)
        {
            await _test.RequireContentAsync($"{model.Name}:1", model);
        }

        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task RepackAsync_FewSmallPacks_StayAsTheyAre()
    {
        await _test.ImportAsync("a:1", TestModels.Mlp);
        await _test.ImportAsync("b:1", TestModels.MatMul);
        var objects = _test.Objects();

        Assert.Equal(0, (await _test.Store.RepackAsync(null, Cancellation)).PacksWritten);

        Assert.Equal(objects, _test.Objects());
    }

    [Fact]
    public async Task RepackAsync_MaxBytes_GoesOnNextTime()
    {
        for (var version = 0; version < 6; version++)
        {
            await ImportAsync(_test, version);
        }

        var first = await _test.Store.RepackAsync(new RepackOptions { MaxChainDepth = 1, MaxBytes = 1, MinPackLength = 0 }, Cancellation);
        var second = await _test.Store.RepackAsync(new RepackOptions { MaxChainDepth = 1 }, Cancellation);

        Assert.Equal((1, 1), (first.PacksWritten, first.ChunksRebased));
        Assert.InRange(second.ChunksRebased, 1, 10);
        Assert.Equal(1, DepthOf(_test));
        await RequireVersionsAsync(_test, 6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RepackAsync_LongChains_BecomeAsShortAsAsked(int depth)
    {
        for (var version = 0; version < 6; version++)
        {
            await ImportAsync(_test, version);
        }

        Assert.Equal(4, DepthOf(_test));
        var report = await _test.Store.RepackAsync(new RepackOptions { MaxChainDepth = depth }, Cancellation);

        Assert.InRange(report.ChunksRebased, 1, 12);
        Assert.Equal(depth, DepthOf(_test));
        await RequireVersionsAsync(_test, 6);
        await _test.Store.CollectGarbageAsync(Cancellation);
        await RequireVersionsAsync(_test, 6);
    }

    [Fact]
    public async Task RepackAsync_ChainThatAnArchiveMadeLonger_IsRebasedAndStillADifference()
    {
        using var source = new TestStore();
        await ImportAsync(source, 4);
        await ImportAsync(source, 5);
        for (var version = 0; version < 5; version++)
        {
            await ImportAsync(_test, version);
        }

        using var update = new MemoryStream();
        await source.Store.ExportArchiveAsync("m:5", update, [(await source.Store.FindAsync("m:4", Cancellation))!.Digest], Cancellation);
        update.Position = 0;
        await _test.Store.ImportArchiveAsync(update, null, Cancellation);
        Assert.Equal(5, DepthOf(_test));

        var report = await _test.Store.RepackAsync(new RepackOptions { MinPackLength = 0 }, Cancellation);

        Assert.Equal(1, report.ChunksRebased);
        Assert.InRange(report.BytesWritten, 1, Elements);
        Assert.Equal(4, DepthOf(_test));
        await RequireVersionsAsync(_test, 6);
    }

    [Fact]
    public async Task RepackAsync_DamagedChunk_MovesAlongAndIsStillFound()
    {
        for (var version = 0; version < 6; version++)
        {
            await ImportAsync(_test, version);
        }

        var pack = _test.Objects().MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, new FileInfo(pack).Length / 2);

        await _test.Store.RepackAsync(new RepackOptions { MaxChainDepth = 1 }, Cancellation);

        Assert.False((await _test.Store.VerifyAsync(Cancellation)).IsHealthy);
        await ImportAsync(_test, 0);
        await RequireVersionsAsync(_test, 6);
    }

    [Fact]
    public async Task RepackAsync_WhileAModelIsRead_LetsItBeReadToItsEnd()
    {
        TestModel[] models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul];
        foreach (var model in models)
        {
            await _test.ImportAsync($"{model.Name}:1", model);
        }

        await using (var stream = await _test.Store.OpenAsync($"{TestModels.MatMul.Name}:1", null, Cancellation))
        {
            var report = await _test.Store.RepackAsync(null, Cancellation);
            Assert.Equal((1, 0), (report.PacksWritten, report.BytesFreed));
            Assert.Equal(TestModels.MatMul.Content, await TestStore.ReadAsync(stream));
        }

        Assert.InRange((await _test.Store.CollectGarbageAsync(Cancellation)).BytesFreed, 1, long.MaxValue);
        Assert.Equal(1, PackCount);
    }

    [Fact]
    public async Task MaintainAsync_Defaults_CollectsPacksAnewAndScrubs()
    {
        for (var version = 0; version < 5; version++)
        {
            await ImportAsync(_test, version);
        }

        await _test.ImportAsync("drop:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("drop:1", Cancellation);

        var report = await _test.Store.MaintainAsync(null, Cancellation);
        var nothing = await _test.Store.MaintainAsync(new MaintenanceOptions { CollectGarbage = false, Repack = null, Scrub = null }, Cancellation);

        Assert.Equal((1, 1, true), (report.Collection!.PacksRemoved, report.Repack!.PacksWritten, report.Scrub!.IsHealthy));
        Assert.InRange(report.Scrub.ChunksChecked, 1, 3);
        Assert.Equal(new MaintenanceReport(null, null, null), nothing);
        await RequireVersionsAsync(_test, 5);
    }

    [Theory]
    [InlineData(-0.1, 0, 4, null)]
    [InlineData(double.NaN, 0, 4, null)]
    [InlineData(0.5, 1L << 30, 4, null)]
    [InlineData(0.5, 0, 33, null)]
    [InlineData(0.5, 0, 4, 0L)]
    public async Task RepackAsync_OptionOutOfRange_IsRefused(double share, long length, int depth, long? bytes)
    {
        var options = new RepackOptions { MinLiveShare = share, MinPackLength = length, MaxChainDepth = depth, MaxBytes = bytes };
        await Assert.ThrowsAsync<ValidationException>(async () => await _test.Store.RepackAsync(options, Cancellation));
        await Assert.ThrowsAsync<ValidationException>(async () => await _test.Store.MaintainAsync(new MaintenanceOptions { Repack = options }, Cancellation));
    }

    private static async Task ImportAsync(TestStore test, int version) =>
        await test.Store.ImportAsync($"m:{version}", ModelSource.FromMemory(Model(version), "model.safetensors"), null, Cancellation);

    // Each version is the one before with some weights moved by the least that they can.
    private static byte[] Model(int version)
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        for (var step = 1; step <= version; step++)
        {
            var random = new Random(step);
            for (var i = 0; i < weights.Length; i += 2)
            {
                weights[i] ^= (byte)(random.Next(8) == 0 ? 1 : 0);
            }
        }

        return new SafetensorsBuilder().Tensor("weight", "BF16", weights, Elements).Build();
    }

    private static int DepthOf(TestStore test)
    {
        var bases = new StoreIndex(() => test.IndexPath).ListBases();
        var depths = new ChainDepths(bases);
        return bases.Keys.Select(depths.Of).DefaultIfEmpty().Max();
    }

    private static async Task RequireVersionsAsync(TestStore test, int count)
    {
        test.Reopen();
        for (var version = 0; version < count; version++)
        {
            await using var stream = await test.Store.OpenAsync($"m:{version}", null, Cancellation);
            Assert.Equal(Model(version), await TestStore.ReadAsync(stream));
        }

        await test.RequireHealthyAsync();
    }
}
