using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Clusters;

public sealed class WriteBehindTests : IDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly TestCluster _backup = new("backup");
    private readonly TestStore _test;

    public WriteBehindTests() => _test = new TestStore(null, _cluster.AsCluster(), _backup.AsCluster());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _cluster.Dispose();
        _backup.Dispose();
    }

    [Fact]
    public async Task ImportAsync_ClustersDown_ReturnsAndSendsLater()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);

        await _test.ImportAsync("model:1", TestModels.MatMul);

        var backlog = await _test.Store.GetBacklogAsync(Cancellation);
        Assert.Equal(["primary", "backup"], backlog.Entries.Select(entry => entry.Cluster));
        Assert.NotNull(backlog.Oldest);
        var failures = await Assert.ThrowsAsync<AggregateException>(async () => await _test.Store.FlushAsync(Cancellation));
        Assert.Equal(2, failures.InnerExceptions.OfType<ClusterUnavailableException>().Count());
        Assert.Contains("down", (await _test.Store.GetBacklogAsync(Cancellation)).LastError, StringComparison.Ordinal);
        (_cluster.IsDown, _backup.IsDown) = (false, false);
        await _test.Store.FlushAsync(Cancellation);
        Assert.Empty((await _test.Store.GetBacklogAsync(Cancellation)).Entries);
        foreach (var cluster in new[] { _cluster, _backup })
        {
            await RequireOnClusterAsync(cluster, "model:1", TestModels.MatMul);
        }
    }

    [Fact]
    public async Task FlushAsync_OneClusterDown_SaysWhichAndTheOtherHasTheModel()
    {
        _backup.IsDown = true;
        await _test.ImportAsync("model:1", TestModels.Add);

        var exception = await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await _test.Store.FlushAsync(Cancellation));

        Assert.Equal(["backup"], exception.Clusters);
        await RequireOnClusterAsync(_cluster, "model:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_ClusterDown_GoesOnByItselfAfterARestart()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);
        await _test.ImportAsync("model:1", TestModels.Add);
        _test.Reopen();
        (_cluster.IsDown, _backup.IsDown) = (false, false);

        await _test.Store.ListAsync(Cancellation);

        while ((await _test.Store.GetBacklogAsync(Cancellation)).Entries.Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }

        await RequireOnClusterAsync(_cluster, "model:1", TestModels.Add);
    }

    [Fact]
    public async Task CollectGarbageAsync_NameGoneBeforeItWasSent_KeepsWhatIsToGo()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);
        await _test.ImportAsync("model:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("model:1", Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        (_cluster.IsDown, _backup.IsDown) = (false, false);

        await _test.Store.FlushAsync(Cancellation);

        await RequireOnClusterAsync(_cluster, "model:1", TestModels.MatMul);
        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(_test.Objects());
    }

    [Fact]
    public async Task RebuildIndexAsync_BeforeItWasSent_KeepsTheBacklog()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);
        await _test.ImportAsync("model:1", TestModels.MatMul);

        await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Equal(2, (await _test.Store.GetBacklogAsync(Cancellation)).Entries.Count);
        (_cluster.IsDown, _backup.IsDown) = (false, false);
        await _test.Store.FlushAsync(Cancellation);
        await RequireOnClusterAsync(_backup, "model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task ImportAsync_IndexLost_SendsEverythingThatTheClusterLacks()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);
        await _test.ImportAsync("model:1", TestModels.MatMul);
        _test.Reopen();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(_test.Directory, "index-*"))
        {
            File.Delete(file);
        }

        (_cluster.IsDown, _backup.IsDown) = (false, false);
        await _test.Store.FlushAsync(Cancellation);

        await RequireOnClusterAsync(_cluster, "model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task FlushAsync_NewVersion_SendsOnlyWhatTheClusterLacks()
    {
        await _test.ImportAsync("model:1", TestModels.MatMul);
        await _test.Store.FlushAsync(Cancellation);
        var first = _cluster.BytesWritten;

        await _test.ImportAsync("copy:1", TestModels.MatMul);
        await _test.Store.FlushAsync(Cancellation);
        Assert.Equal(first, _cluster.BytesWritten);
        await _test.ImportAsync("model:2", TestModels.FineTunedMatMul);
        await _test.Store.FlushAsync(Cancellation);

        Assert.InRange(_cluster.BytesWritten - first, 1, first * 9 / 10);
        await RequireOnClusterAsync(_cluster, "model:2", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task FlushAsync_OfAPulledVersionsUpdate_DoesNotSendWhatWasPulled()
    {
        await _test.ImportAsync("model:1", TestModels.MatMul);
        await _test.Store.FlushAsync(Cancellation);
        var first = _cluster.BytesWritten;
        using var node = new TestStore(null, _cluster.AsCluster());
        await node.Store.PullAsync("model:1", cancellationToken: Cancellation);

        await node.ImportAsync("model:1", TestModels.FineTunedMatMul);
        await node.Store.FlushAsync(Cancellation);

        Assert.InRange(_cluster.BytesWritten - first, 1, first * 9 / 10);
        await RequireOnClusterAsync(_cluster, "model:1", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task FlushAsync_DamagedPack_IsNotSent()
    {
        (_cluster.IsDown, _backup.IsDown) = (true, true);
        await _test.ImportAsync("model:1", TestModels.MatMul);
        TestStore.Flip(Directory.GetFiles(Path.Combine(_test.Directory, "objects", "packs")).Single(), 1000);
        (_cluster.IsDown, _backup.IsDown) = (false, false);

        var failures = await Assert.ThrowsAsync<AggregateException>(async () => await _test.Store.FlushAsync(Cancellation));

        Assert.All(failures.InnerExceptions, failure => Assert.IsType<ContentCorruptedException>(failure));
        Assert.False(Directory.Exists(Path.Combine(_cluster.Folder, "packs")));
        await _test.ImportAsync("model:1", TestModels.MatMul);
    }

    [Fact]
    public async Task FlushAsync_TagRaceOfEight_ExactlyOneWins()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => new TestStore(null, _cluster.AsCluster())).ToArray();
        try
        {
            var models = TestModels.All.Take(stores.Length).ToArray();
            var outcomes = await Task.WhenAll(stores.Select(async (store, i) =>
            {
                await store.ImportAsync("model:1", models[i]);
                return await Record.ExceptionAsync(async () => await store.Store.FlushAsync(Cancellation));
            }));

            var winner = Array.IndexOf(outcomes, Assert.Single(outcomes, outcome => outcome is null));
            var theirs = (await stores[winner].Store.FindAsync("model:1", Cancellation))!.Digest;
            foreach (var (outcome, i) in outcomes.Select((outcome, i) => (outcome, i)).Where(outcome => outcome.i != winner))
            {
                var conflict = Assert.IsType<TagConflictException>(outcome);
                Assert.Equal((theirs, (await stores[i].Store.FindAsync("model:1", Cancellation))!.Digest), (conflict.Remote, conflict.Local));
            }

            await RequireOnClusterAsync(_cluster, "model:1", models[winner]);
        }
        finally
        {
            foreach (var store in stores)
            {
                store.Dispose();
            }
        }
    }

    [Fact]
    public async Task FlushAsync_AfterAConflict_PullTakesTheirsAndAnImportAfterItWins()
    {
        using var other = new TestStore(null, _cluster.AsCluster());
        await other.ImportAsync("model:1", TestModels.Add);
        await other.Store.FlushAsync(Cancellation);
        using var own = new TestStore(null, _cluster.AsCluster());
        await own.ImportAsync("model:1", TestModels.Mlp);
        await Assert.ThrowsAsync<TagConflictException>(async () => await own.Store.FlushAsync(Cancellation));
        var entry = Assert.Single((await own.Store.GetBacklogAsync(Cancellation)).Entries);
        Assert.NotNull(entry.Conflict);
        var calls = _cluster.Calls;
        await Assert.ThrowsAsync<TagConflictException>(async () => await own.Store.FlushAsync(Cancellation));
        Assert.Equal(calls, _cluster.Calls);

        await own.Store.PullAsync("model:1", cancellationToken: Cancellation);
        await own.RequireContentAsync("model:1", TestModels.Add);
        await own.Store.FlushAsync(Cancellation);
        await own.ImportAsync("model:1", TestModels.Mlp);
        await own.Store.FlushAsync(Cancellation);

        await RequireOnClusterAsync(_cluster, "model:1", TestModels.Mlp);
        await other.ImportAsync("model:1", TestModels.MatMul);
        await Assert.ThrowsAsync<TagConflictException>(async () => await other.Store.FlushAsync(Cancellation));
    }

    private static async Task RequireOnClusterAsync(TestCluster cluster, ModelReference reference, TestModel model)
    {
        using var node = new TestStore(null, cluster.AsCluster());
        await node.Store.PullAsync(reference, cancellationToken: Cancellation);
        await node.RequireContentAsync(reference, model);
    }
}
