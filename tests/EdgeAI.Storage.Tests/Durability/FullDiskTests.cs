using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>A disk that is full, at every point of an import: what is written first, in the middle and last.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const long DiskSize = 8 << 20;

    private TemporaryFileSystem _disk = null!;
    private TestStore _test = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _disk = await TemporaryFileSystem.MountAsync(DiskSize, Cancellation);
        _test = new TestStore(Path.Combine(_disk.Path, "store"));
        await _test.ImportAsync("good:1", TestModels.Mlp);
    }

    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _test.Dispose();
        await _disk.DisposeAsync();
    }

    [Fact]
    public async Task ImportAsync_DiskFull_LeavesTheStoreAsItWas()
    {
        var before = await _test.ListAsync();
        _disk.FillUpTo(600_000);

        var exception = await Assert.ThrowsAsync<StorageFullException>(() => _test.ImportAsync("bad:1", TestModels.MatMul));

        Assert.StartsWith(_disk.Path, exception.Path, StringComparison.Ordinal);
        Assert.Equal(before, await _test.ListAsync());
        await _test.RequireContentAsync("good:1", TestModels.Mlp);
        _disk.Free();
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.MatMul);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ImportAsync_DiskFullAtAnyPoint_LeavesAllOfTheModelOrNothing(bool isIndexClosed)
    {
        var failures = 0;
        for (var left = 0L; left <= 1_600_000; left += 80_000)
        {
            var before = await _test.ListAsync();
            if (isIndexClosed)
            {
                SqliteConnection.ClearAllPools();
            }

            _disk.FillUpTo(left);
            var exception = await Record.ExceptionAsync(() => _test.ImportAsync("bad:1", TestModels.MatMul));
            _disk.Free();
            failures += exception is null ? 0 : 1;

            Assert.True(exception is null or StorageFullException, $"{left} bytes left: {exception}");
            await RequireAsBeforeOrCompleteAsync(before, exception is null);
        }

        Assert.InRange(failures, 10, 20);
    }

    [Fact]
    public async Task MaterializeAsync_DiskFull_GoesOnWhenThereIsRoom()
    {
        await _test.ImportAsync("large:1", TestModels.MatMul);
        _disk.FillUpTo(500_000);

        await Assert.ThrowsAsync<StorageFullException>(async () => await _test.Store.MaterializeAsync("large:1", Cancellation));

        Assert.EndsWith(".unfinished", Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Directory, "hot"))), StringComparison.Ordinal);
        await _test.RequireHealthyAsync();
        _disk.Free();
        (await _test.Store.MaterializeAsync("large:1", Cancellation)).Dispose();
        Assert.False(Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Directory, "hot"))).EndsWith(".unfinished", StringComparison.Ordinal));
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ExportAsync_DiskFull_LeavesNoFileHalfWritten()
    {
        await _test.ImportAsync("large:1", TestModels.MatMul);
        var folder = Path.Combine(_disk.Path, "exported");
        _disk.FillUpTo(500_000);

        await Assert.ThrowsAsync<StorageFullException>(async () => await _test.Store.ExportAsync("large:1", folder, Cancellation));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        _disk.Free();
        await _test.Store.ExportAsync("large:1", folder, Cancellation);
        Assert.Equal(TestModels.MatMul.Content, await File.ReadAllBytesAsync(Path.Combine(folder, "model.onnx"), Cancellation));
    }

    private async Task RequireAsBeforeOrCompleteAsync(string[] before, bool isComplete)
    {
        if (isComplete)
        {
            await _test.RequireContentAsync("bad:1", TestModels.MatMul);
            await _test.Store.RemoveAsync("bad:1", Cancellation);
        }

        Assert.Equal(before, await _test.ListAsync());
        await _test.RequireHealthyAsync();
        await _test.Store.CollectGarbageAsync(Cancellation);
        await _test.RequireContentAsync("good:1", TestModels.Mlp);
    }
}
