using EdgeAI.Models;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Tests.Reading;

public sealed class SharedChunksTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_ByManyAtOnce_DecodesOnce()
    {
        var source = new CountingSource();
        var shared = new SharedChunks(source);

        var read = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => shared.ReadAsync(Chunk(7), Cancellation))));

        Assert.All(read, content => Assert.Equal([7, 7, 7], content.ToArray()));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public async Task ReadAsync_ManyChunks_KeepsThoseUsedLast()
    {
        var source = new CountingSource();
        var shared = new SharedChunks(source);
        for (byte i = 0; i < 20; i++)
        {
            Assert.Equal([i, i, i], (await shared.ReadAsync(Chunk(i), Cancellation)).ToArray());
            await shared.ReadAsync(Chunk(0), Cancellation);
        }

        Assert.Equal(20, source.Reads);
        await shared.ReadAsync(Chunk(1), Cancellation);
        Assert.Equal(21, source.Reads);
    }

    private static ChunkReference Chunk(byte value) => new(Digest.Of([value, value, value]), 3);

    private sealed class CountingSource : IChunkSource
    {
        private int _reads;

        public int Reads => _reads;

        public ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            plain.Span.Fill((byte)Enumerable.Range(0, 256).First(value => Digest.Of([(byte)value, (byte)value, (byte)value]) == chunk));
            return ValueTask.CompletedTask;
        }
    }
}
