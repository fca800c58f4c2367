using EdgeAI.Models;
using EdgeAI.Storage.Tests.Clusters;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class PrewarmTests : IDisposable
{
    private readonly TieredStore _test = new(tiers => tiers.Hot.Capacity = "2.5MiB");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task PrewarmAsync_WorkingSet_LaysOutWhatWasUsedMostAsFarAsThereIsRoom()
    {
        await _test.ImportAsync("a:1", TestModels.MatMul);
        await _test.ImportAsync("b:1", TestModels.MatMulOf("b", 512, 2));
        await _test.ImportAsync("c:1", TestModels.MatMulOf("c", 512, 3));
        foreach (var model in (ModelReference[])["c:1", "a:1", "c:1", "b:1", "c:1", "a:1"])
        {
            await _test.UseAsync(model);
        }

        Directory.Delete(Path.Combine(_test.Hot, "hot"), recursive: true);
        _test.Reopen();

        Assert.Equal(["c:1", "a:1"], (await _test.Store.PrewarmAsync(null, Cancellation)).Select(model => model.ToString()));
        Assert.Equal(["a:1", "c:1"], await _test.HotModelsAsync());
    }

    [Fact]
    public async Task PrewarmAsync_List_PassesOverWhatIsNot()
    {
        await _test.ImportAsync("a:1", TestModels.MatMul);

        var warmed = await _test.Store.PrewarmAsync(["nowhere:1", "a:1"], Cancellation);

        Assert.Equal(["a:1"], warmed.Select(model => model.ToString()));
        Assert.Empty(await _test.Store.PrewarmAsync([], Cancellation));
    }

    [Fact]
    public async Task PrewarmAsync_OnlyInACluster_IsPulled()
    {
        using var cluster = new TestCluster();
        using var origin = new TestStore(null, cluster.AsCluster());
        using var node = new TestStore(null, cluster.AsCluster());
        await origin.ImportAsync("m:1", TestModels.MatMul);
        await origin.Store.FlushAsync(Cancellation);

        await node.Store.PrewarmAsync(["m:1"], Cancellation);

        Assert.True(Assert.Single(await node.Store.ListPlacementsAsync(Cancellation)).HotBytes > 0);
    }
}
