using EdgeAI.Models;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Tests.Reading;

public sealed class ChunkCacheTests
{
    private const int Length = 1 << 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_Again_IsThereWithoutAnotherReading()
    {
        var source = new Source();
        var cache = new ChunkCache(32 * Length, () => false);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Source.ContentOf(7), (await cache.Find(Source.Chunk(7), isPull: true, source)!).ToArray());
        }

        Assert.Equal((1, 2, 1, Length), (source.Reads, cache.Hits, cache.Misses, cache.Bytes));
    }

    [Fact]
    public async Task Find_ByManyAtOnce_ReadsOnce()
    {
        var source = new Source { Gate = new TaskCompletionSource() };
        var cache = new ChunkCache(32 * Length, () => false);

        var found = Enumerable.Range(0, 50).Select(_ => cache.Find(Source.Chunk(7), isPull: true, source)!).ToList();
        source.Gate.SetResult();

        Assert.All(await Task.WhenAll(found), content => Assert.Equal(Source.ContentOf(7), content.ToArray()));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public async Task Find_MoreThanFits_StaysWithinItsLimitAndKeepsWhatIsAskedForMost()
    {
        var source = new Source();
        var cache = new ChunkCache(8 * Length, () => false);
        for (var turn = 0; turn < 3; turn++)
        {
            await cache.Find(Source.Chunk(1), isPull: true, source)!;
        }

        for (byte once = 100; once < 200; once++)
        {
            await (cache.Find(Source.Chunk(once), isPull: true, source) ?? Task.FromResult(ReadOnlyMemory<byte>.Empty));
            Assert.InRange(cache.Bytes, Length, 4 * Length);
        }

        var before = source.Reads;
        await cache.Find(Source.Chunk(1), isPull: true, source)!;
        Assert.Equal(before, source.Reads);
    }

    [Fact]
    public async Task Find_AskedForMoreOften_TakesTheRoomOfWhatIsNot()
    {
        var source = new Source();
        var cache = new ChunkCache(4 * Length, () => false);
        await cache.Find(Source.Chunk(1), isPull: true, source)!;
        await cache.Find(Source.Chunk(2), isPull: true, source)!;

        Assert.Null(cache.Find(Source.Chunk(3), isPull: true, source));
        await cache.Find(Source.Chunk(3), isPull: true, source)!;

        Assert.Equal(2 * Length, cache.Bytes);
        var before = source.Reads;
        await cache.Find(Source.Chunk(3), isPull: true, source)!;
        await cache.Find(Source.Chunk(2), isPull: true, source)!;
        Assert.Equal(before, source.Reads);
    }

    [Fact]
    public async Task Find_ForAStream_KeepsWhatIsAskedForAgain()
    {
        var source = new Source();
        var cache = new ChunkCache(ChunkCache.DefaultLimit, () => false);

        Assert.Null(cache.Find(Source.Chunk(7), isPull: false, source));
        Assert.Equal(0, cache.Bytes);
        await cache.Find(Source.Chunk(7), isPull: false, source)!;
        Assert.Equal(Length, cache.Bytes);
    }

    [Fact]
    public async Task Find_Damaged_IsToldToAllAndKeptForNobody()
    {
        var source = new Source { IsDamaged = true };
        var cache = new ChunkCache(32 * Length, () => false);

        await Assert.ThrowsAsync<ContentCorruptedException>(() => cache.Find(Source.Chunk(7), isPull: true, source)!);
        Assert.Equal(0, cache.Bytes);

        source.IsDamaged = false;
        Assert.Equal(Source.ContentOf(7), (await cache.Find(Source.Chunk(7), isPull: true, source)!).ToArray());
    }

    [Fact]
    public async Task Find_MemoryShort_GivesHalfBackAndTakesNothing()
    {
        var isShort = false;
        var source = new Source();
        var cache = new ChunkCache(32 * Length, () => isShort);
        for (byte i = 0; i < 8; i++)
        {
            await cache.Find(Source.Chunk(i), isPull: true, source)!;
        }

        isShort = true;
        Assert.Null(cache.Find(Source.Chunk(50), isPull: true, source));
        Assert.Equal(4 * Length, cache.Bytes);
    }

    [Fact]
    public async Task ReadAsync_AWaiterIsCancelled_OthersHaveItsReading()
    {
        var source = new Source { Gate = new TaskCompletionSource() };
        var chunks = new CachedChunks(new ChunkCache(32 * Length, () => false), source, source, isPull: true);
        using var leaves = new CancellationTokenSource();
        var first = chunks.ReadAsync(Source.Chunk(7).Digest, new byte[Length], leaves.Token).AsTask();
        var plain = new byte[Length];
        var second = chunks.ReadAsync(Source.Chunk(7).Digest, plain, Cancellation).AsTask();

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        source.Gate.SetResult();
        await second;

        Assert.Equal(Source.ContentOf(7), plain);
        Assert.Equal(1, source.Reads);
    }

    private sealed class Source : IChunkSource
    {
        private int _reads;

        public int Reads => _reads;

        public bool IsDamaged { get; set; }

        public TaskCompletionSource? Gate { get; init; }

        public static byte[] ContentOf(byte value) => [.. Enumerable.Repeat(value, Length)];

        public static ChunkReference Chunk(byte value) => new(Digest.Of(ContentOf(value)), Length);

        public async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            if (Gate is not null)
            {
                await Gate.Task;
            }

            plain.Span.Fill((byte)Enumerable.Range(0, 256).First(value => Chunk((byte)value).Digest == chunk));
            if (IsDamaged)
            {
                throw new ContentCorruptedException(chunk, "packs/some.pack", "the bytes are not what was stored");
            }
        }
    }
}
