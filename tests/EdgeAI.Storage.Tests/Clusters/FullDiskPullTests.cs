using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>A disk that is full, at every point of a pull.</summary>
public sealed class FullDiskPullTests : IAsyncLifetime
{
    private const long DiskSize = 8 << 20;

    private readonly TestCluster _cluster = new();
    private TemporaryFileSystem _disk = null!;
    private TestStore _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using (var origin = new TestStore(null, _cluster.AsCluster()))
        {
            await origin.ImportAsync("model:1", TestModels.MatMul);
            await origin.Store.FlushAsync(Cancellation);
        }

        _disk = await TemporaryFileSystem.MountAsync(DiskSize, Cancellation);
        _node = new TestStore(Path.Combine(_disk.Path, "store"), _cluster.AsCluster());
        await _node.ImportAsync("good:1", TestModels.Mlp);
        await _node.Store.FlushAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _node.Dispose();
        _cluster.Dispose();
        await _disk.DisposeAsync();
    }

    [Fact]
    public async Task PullAsync_DiskFullAtAnyPoint_LeavesAllOfTheModelOrNothing()
    {
        var failures = 0;
        var before = await _node.ListAsync();
        for (var left = 0L; left <= 1_600_000; left += 100_000)
        {
            _disk.FillUpTo(left);
            var exception = await Record.ExceptionAsync(async () => await _node.Store.PullAsync("model:1", cancellationToken: Cancellation));
            _disk.Free();
            failures += exception is null ? 0 : 1;

            Assert.True(exception is null or StorageFullException, $"{left} bytes left: {exception}");
            if (exception is null)
            {
                await _node.RequireContentAsync("model:1", TestModels.MatMul);
                await _node.Store.RemoveAsync("model:1", Cancellation);
            }

            Assert.Equal(before, await _node.ListAsync());
            await _node.RequireHealthyAsync();
            await _node.Store.CollectGarbageAsync(Cancellation);
            await _node.RequireContentAsync("good:1", TestModels.Mlp);
        }

        Assert.InRange(failures, 5, 16);
        await _node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        await _node.RequireContentAsync("model:1", TestModels.MatMul);
    }
}
