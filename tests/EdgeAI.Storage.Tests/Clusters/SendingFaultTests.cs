using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Transfers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>Sending to clusters that fail in their own words, hang or come later, and imports that die before they have returned.</summary>
public sealed class SendingFaultTests : IDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly TemporaryDirectory _models = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cluster.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task FlushAsync_TierFailsWithATypedException_SaysItAndGoesOnLater()
    {
        using var test = new TestStore(null, _cluster.AsCluster());
        _cluster.Before = (key, _) => throw new StorageAccessDeniedException(key, new UnauthorizedAccessException("The key has expired."));
        await test.ImportAsync("model:1", TestModels.Add);

        await Assert.ThrowsAsync<StorageAccessDeniedException>(async () => await test.Store.FlushAsync(Cancellation));
        await Assert.ThrowsAsync<StorageAccessDeniedException>(async () => await test.Store.FlushAsync(Cancellation));

        Assert.Single((await test.Store.GetBacklogAsync(Cancellation)).Entries);
        _cluster.IsDown = false;
        await test.Store.FlushAsync(Cancellation);
        await RequireOnClusterAsync(TestModels.Add);
    }

    [Fact]
    public async Task PullAsync_TierFailsWithATypedException_SaysThatTheClusterIsNotThere()
    {
        _cluster.Before = (key, _) => throw new StorageAccessDeniedException(key, new UnauthorizedAccessException("The key has expired."));
        using var node = new TestStore(null, _cluster.AsCluster());

        var exception = await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await node.Store.PullAsync("model:1", cancellationToken: Cancellation));

        Assert.IsType<StorageAccessDeniedException>(exception.InnerException);
    }

    [Fact]
    public async Task PutAsync_ClusterHangs_IsLeftAfterTheLimitAndWhatTheLengthAllows()
    {
        var time = new FakeTimeProvider();
        var tier = new BoundedTier(_cluster, TimeSpan.FromSeconds(10), time, new TransferScheduler());
        var never = new TaskCompletionSource();
        _cluster.Before = (_, _) => new ValueTask(never.Task);
        using var content = new MemoryStream(new byte[64 << 10]);

        var putting = tier.PutAsync("packs/a", content, Cancellation).AsTask();
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(putting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => putting);
        _cluster.IsDown = false;
        Assert.Null(await tier.GetLengthAsync("packs/a", Cancellation));
        never.SetResult();
    }

    [Fact]
    public async Task FlushAsync_ClusterHangs_FailsAndTheNextSenderGoesOn()
    {
        using var folder = new TemporaryDirectory();
        var never = new TaskCompletionSource();
        _cluster.Before = (_, _) => new ValueTask(never.Task);
        using (var test = new TestStore(folder.Combine("store"), _cluster.AsCluster(TimeSpan.FromMilliseconds(10))))
        {
            await test.ImportAsync("model:1", TestModels.Add);

            await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await test.Store.FlushAsync(Cancellation));
        }

        _cluster.IsDown = false;
        using (var test = new TestStore(folder.Combine("store"), _cluster.AsCluster()))
        {
            await test.Store.FlushAsync(Cancellation);
        }

        await RequireOnClusterAsync(TestModels.Add);
        never.SetResult();
    }

    [Fact]
    public async Task FlushAsync_ClusterAddedAfterImports_SendsThem()
    {
        using var folder = new TemporaryDirectory();
        using (var before = new TestStore(folder.Combine("store")))
        {
            await before.ImportAsync("other:1", TestModels.Mlp);
            await before.ImportAsync("model:1", TestModels.Add);
            await before.Store.FlushAsync(Cancellation);
        }

        using var test = new TestStore(folder.Combine("store"), _cluster.AsCluster());
        await test.Store.FlushAsync(Cancellation);

        await RequireOnClusterAsync(TestModels.Add);
        var written = _cluster.BytesWritten;
        test.Reopen();
        Assert.Empty((await test.Store.GetBacklogAsync(Cancellation)).Entries);
        await test.Store.FlushAsync(Cancellation);
        Assert.Equal(written, _cluster.BytesWritten);
    }

    // The row of a name and what is to go are one transaction: where it fails the name is taken back, and what was to go before still is.
    [Fact]
    public async Task ImportAsync_OutboxCannotBeWritten_LeavesNameAndBacklogAsTheyWere()
    {
        using var test = new TestStore(null, _cluster.AsCluster());
        _cluster.IsDown = true;
        await test.ImportAsync("model:1", TestModels.Add);
        var before = await test.ListAsync();
        var backlog = Assert.Single((await test.Store.GetBacklogAsync(Cancellation)).Entries);
        await ExecuteAsync(test, "CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'broken'); END");

        await Assert.ThrowsAsync<StorageException>(() => test.ImportAsync("model:1", TestModels.Mlp));
        await Assert.ThrowsAsync<StorageException>(() => test.ImportAsync("other:1", TestModels.Mlp));

        Assert.Equal(before, await test.ListAsync());
        Assert.Equal(backlog.Digest, Assert.Single((await test.Store.GetBacklogAsync(Cancellation)).Entries).Digest);
        Assert.Single(Directory.GetFiles(Path.Combine(test.Directory, "objects", "names")));
        await ExecuteAsync(test, "DROP TRIGGER broken");
        await test.Store.CollectGarbageAsync(Cancellation);
        _cluster.IsDown = false;
        await test.Store.FlushAsync(Cancellation);
        await RequireOnClusterAsync(TestModels.Add);
        Assert.Equal(before, await test.ListAsync());
    }

    // The name's object is the moment from which an import counts: one that died right after it is sent, one that died before is not.
    [Theory]
    [InlineData("packs")]
    [InlineData("manifests")]
    [InlineData("names")]
    public async Task CollectGarbageAsync_ImportDiedBeside_SendsWhatHasItsName(string folder)
    {
        using var test = new TestStore(null, _cluster.AsCluster());
        await test.ImportAsync("read:1", TestModels.Mlp);
        await test.Store.FlushAsync(Cancellation);

        // Somebody always works in the store: no opening heals it.
        await using var reading = await test.Store.OpenAsync("read:1", null, Cancellation);
        using var child = StoreProcesses.StartDying(test.Directory, "model:1", TestModels.MatMul.Save(_models), folder);
        var end = await child.WaitAsync(Cancellation);
        Assert.True(end.ExitCode != 1 && end.Error.Length == 0, end.Error);

        await test.Store.CollectGarbageAsync(Cancellation);
        await test.Store.FlushAsync(Cancellation);

        if (folder == "names")
        {
            await RequireOnClusterAsync(TestModels.MatMul);
        }
        else
        {
            using var node = new TestStore(null, _cluster.AsCluster());
            await Assert.ThrowsAsync<ModelNotFoundException>(async () => await node.Store.PullAsync("model:1", cancellationToken: Cancellation));
        }

        Assert.Empty((await test.Store.VerifyAsync(Cancellation)).Problems);
    }

    private static async Task ExecuteAsync(TestStore test, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={test.IndexPath};Pooling=False");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task RequireOnClusterAsync(TestModel model)
    {
        using var node = new TestStore(null, _cluster.AsCluster());
        await node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        await node.RequireContentAsync("model:1", model);
    }
}
