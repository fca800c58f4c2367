using EdgeAI.Storage.Durability;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Durability;

public sealed class FlushAheadTests : IDisposable
{
    private const long Much = 1L << 30;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task CompleteAsync_FlushFailed_SaysSo()
    {
        var file = File.OpenHandle(_directory.Combine("file"), FileMode.Create, FileAccess.Write);
        await using var flush = new FlushAhead(file);
        file.Dispose();

        flush.Wrote(Much);

        await Assert.ThrowsAsync<ObjectDisposedException>(flush.CompleteAsync);
    }

    [Fact]
    public async Task CompleteAsync_FlushFailedAndMoreWasWritten_StillSaysSo()
    {
        var path = _directory.Combine("file");
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        await using var flush = new FlushAhead(file);
        file.Dispose();
        flush.Wrote(Much);
        await Record.ExceptionAsync(flush.CompleteAsync);

        flush.Wrote(Much);

        await Assert.ThrowsAsync<ObjectDisposedException>(flush.CompleteAsync);
    }

    [Fact]
    public async Task CompleteAsync_LittleWasWritten_LeavesItToTheLastFlush()
    {
        var file = File.OpenHandle(_directory.Combine("file"), FileMode.Create, FileAccess.Write);
        await using var flush = new FlushAhead(file);
        file.Dispose();

        flush.Wrote(1);

        await flush.CompleteAsync();
    }
}
