using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Maintenance;

public sealed class UsageTests : IDisposable
{
    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task GetUsageAsync_EmptyStore_IsNothing()
    {
        var usage = await GetAsync();

        Assert.Equal((0, 0, 0, 0), (usage.LogicalBytes, usage.StoredBytes, usage.UnreferencedBytes, usage.HotBytes));
        Assert.Empty(usage.Models);
    }

    [Fact]
    public async Task GetUsageAsync_ModelsThatShareNothing_EachHasItsOwn()
    {
        await _test.ImportAsync("a:1", TestModels.Mlp);
        await _test.ImportAsync("b:1", TestModels.MatMul);

        var usage = await GetAsync();

        Assert.Equal(["a:1", "b:1"], usage.Models.Select(model => model.Model.ToString()));
        Assert.Equal(TestModels.MatMul.Content.Length, usage.Models[1].LogicalBytes);
        Assert.Equal((0, 0), (usage.SharedBytes, usage.UnreferencedBytes));
        Assert.All(usage.Models, model => Assert.True(model.ExclusiveBytes > 0 && model.SharedBytes == 0));
    }

    [Fact]
    public async Task GetUsageAsync_OneVersionUnderTwoNames_IsSharedAndCountedOnce()
    {
        await _test.ImportAsync("a:1", TestModels.MatMul);
        var alone = await GetAsync();
        await _test.ImportAsync("a:2", TestModels.MatMul);

        var usage = await GetAsync();

        Assert.Equal(2 * alone.LogicalBytes, usage.LogicalBytes);
        Assert.Equal(alone.StoredBytes, usage.StoredBytes);
        Assert.Equal(alone.Models[0].ExclusiveBytes, usage.SharedBytes);
        Assert.All(usage.Models, model => Assert.Equal((0, usage.SharedBytes), (model.ExclusiveBytes, model.SharedBytes)));
    }

    [Fact]
    public async Task GetUsageAsync_VersionKeptAsADifference_SharesItsBase()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var whole = (await GetAsync()).Models[0].ExclusiveBytes;
        await _test.ImportAsync("m:2", TestModels.FineTunedMatMul);

        var usage = await GetAsync();

        Assert.InRange(usage.SharedBytes, whole * 9 / 10, whole);
        Assert.Equal(usage.SharedBytes, usage.Models[1].SharedBytes);
        Assert.InRange(usage.Models[1].ExclusiveBytes, 1, whole);
    }

    [Fact]
    public async Task GetUsageAsync_NameRemoved_SaysWhatACollectionGivesBack()
    {
        await _test.ImportAsync("keep:1", TestModels.Mlp);
        await _test.ImportAsync("drop:1", TestModels.MatMul);
        var exclusive = (await GetAsync()).Models[0].ExclusiveBytes;
        await _test.Store.RemoveAsync("drop:1", Cancellation);

        var unreferenced = (await GetAsync()).UnreferencedBytes;
        var freed = (await _test.Store.CollectGarbageAsync(Cancellation)).BytesFreed;

        Assert.Equal(freed, unreferenced);
        Assert.InRange(unreferenced - exclusive, 1, 4096);
        Assert.Equal(0, (await GetAsync()).UnreferencedBytes);
    }

    [Fact]
    public async Task GetUsageAsync_HotModel_CountsItsFiles()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        var usage = await GetAsync();

        Assert.InRange(usage.HotBytes, TestModels.MatMul.Content.Length, TestModels.MatMul.Content.Length + 8192);
    }

    private async Task<StorageUsage> GetAsync()
    {
        var usage = await _test.Store.GetUsageAsync(Cancellation);
        Assert.Equal(_test.SumObjects(), usage.StoredBytes);
        Assert.Equal(usage.LogicalBytes, usage.Models.Sum(model => model.LogicalBytes));
        Assert.Equal(usage.StoredBytes, usage.SharedBytes + usage.UnreferencedBytes + usage.OverheadBytes + usage.Models.Sum(model => model.ExclusiveBytes));
        return usage;
    }
}
