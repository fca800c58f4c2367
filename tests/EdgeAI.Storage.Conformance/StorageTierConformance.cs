namespace EdgeAI.Storage.Conformance;

/// <summary>
/// What every <see cref="IStorageTier"/> must do. Derive from it in a test project of your own, and give it your tier; each test has keys of its own, so that a place that can't be emptied will do.
/// </summary>
public abstract class StorageTierConformance
{
    private const int LargeLength = (20 << 20) + 12_345;

    private readonly string _prefix = $"conformance/{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The tier.</summary>
    protected abstract IStorageTier Tier { get; }

    [Fact]
    public async Task PutAsync_NewKey_StoresFromWhereTheStreamStands()
    {
        using var content = new MemoryStream([1, 2, 3, 4, 5]) { Position = 2 };

        Assert.True(await Tier.PutAsync(_prefix + "a.pack", content, Cancellation));

        Assert.Equal(3, await Tier.GetLengthAsync(_prefix + "a.pack", Cancellation));
        Assert.Equal([3, 4, 5], await ReadAsync("a.pack", 0, 3));
    }

    [Fact]
    public async Task PutAsync_KnownKey_LeavesTheObjectAsItWas()
    {
        await PutAsync("a", [1, 2, 3]);

        Assert.False(await PutAsync("a", [9]));
        Assert.Equal([1, 2, 3], await ReadAsync("a", 0, 3));
    }

    [Fact]
    public async Task PutAsync_Empty_IsAnObject()
    {
        Assert.True(await PutAsync("empty", []));

        Assert.Equal(0, await Tier.GetLengthAsync(_prefix + "empty", Cancellation));
        Assert.Equal(0, await Tier.ReadAsync(_prefix + "empty", 0, new byte[4], Cancellation));
    }

    [Fact]
    public async Task PutAsync_Large_IsReadAtAnyRange()
    {
        var content = MakeContent(LargeLength, 1);
        Assert.True(await PutAsync("large", content));
        Assert.False(await PutAsync("large", content));

        Assert.Equal(content, await ReadAsync("large", 0, LargeLength));
        var random = new Random(2);
        for (var i = 0; i < 20; i++)
        {
            var offset = random.Next(LargeLength);
            var length = random.Next(1, Math.Min(3 << 20, LargeLength - offset) + 1);
            Assert.Equal(content[offset..(offset + length)], await ReadAsync("large", offset, length));
        }
    }

    [Fact]
    public async Task PutAsync_StreamThatFails_LeavesNothing()
    {
        foreach (var length in new[] { 100, LargeLength })
        {
            using var broken = new BrokenStream(MakeContent(length, 3));
            await Assert.ThrowsAsync<InvalidDataException>(async () => await Tier.PutAsync(_prefix + "broken", broken, Cancellation));
            Assert.Null(await Tier.GetLengthAsync(_prefix + "broken", Cancellation));
        }
    }

    [Fact]
    public async Task PutAsync_BrokenOffAndAgain_StoresTheWhole()
    {
        var content = MakeContent(LargeLength, 4);
        using (var broken = new BrokenStream(content))
        {
            await Assert.ThrowsAsync<InvalidDataException>(async () => await Tier.PutAsync(_prefix + "again", broken, Cancellation));
        }

        Assert.True(await PutAsync("again", content));
        Assert.Equal(content, await ReadAsync("again", 0, LargeLength));
    }

    [Fact]
    public async Task PutAsync_Cancelled_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Tier.PutAsync(_prefix + "a", new MemoryStream([1]), cancellation.Token));
        Assert.Null(await Tier.GetLengthAsync(_prefix + "a", Cancellation));
    }

    [Fact]
    public async Task PutAsync_SameKeyAtOnce_IsStoredOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"race{round}";
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => PutAsync(key, [(byte)i]))));

            Assert.Equal(1, results.Count(stored => stored));
            Assert.Equal((byte)Array.IndexOf(results, true), Assert.Single(await ReadAsync(key, 0, 1)));
        }
    }

    [Fact]
    public async Task ReadAsync_BeyondTheEnd_ReadsWhatThereIs()
    {
        await PutAsync("a", [1, 2, 3, 4, 5]);

        Assert.Equal(2, await Tier.ReadAsync(_prefix + "a", 3, new byte[10], Cancellation));
        Assert.Equal(0, await Tier.ReadAsync(_prefix + "a", 5, new byte[10], Cancellation));
        Assert.Equal(0, await Tier.ReadAsync(_prefix + "a", 500, new byte[10], Cancellation));
        Assert.Equal(0, await Tier.ReadAsync(_prefix + "a", 0, Memory<byte>.Empty, Cancellation));
    }

    [Fact]
    public async Task ReadUncachedAsync_AnyRange_IsWhatIsThere()
    {
        await PutAsync("packs/a", [1, 2, 3, 4, 5]);

        var range = new byte[10];
        Assert.Equal(3, await Tier.ReadUncachedAsync(_prefix + "packs/a", 2, range, Cancellation));
        Assert.Equal([3, 4, 5], range[..3]);
        Assert.Equal(-1, await Tier.ReadUncachedAsync(_prefix + "packs/none", 0, range, Cancellation));
    }

    [Fact]
    public async Task Anything_NoSuchObject_SaysSo()
    {
        Assert.Equal(-1, await Tier.ReadAsync(_prefix + "none", 0, new byte[10], Cancellation));
        Assert.Equal(-1, await Tier.ReadAsync(_prefix + "none", 7, new byte[LargeLength], Cancellation));
        Assert.Null(await Tier.GetLengthAsync(_prefix + "none", Cancellation));
        Assert.False(await Tier.DeleteAsync(_prefix + "none", Cancellation));
        Assert.False(await Tier.CompareAndSwapAsync(_prefix + "none", new byte[] { 1 }, new byte[] { 2 }, Cancellation));
        Assert.Null(await Tier.GetLengthAsync(_prefix + "none", Cancellation));
    }

    [Fact]
    public async Task ListAsync_Prefix_GivesWhatBeginsWithIt()
    {
        await PutAsync("packs/a", [1]);
        await PutAsync("packs/b", [1, 2]);
        await PutAsync("manifests/a", [1, 2, 3]);

        Assert.Equal([("packs/a", 1L), ("packs/b", 2L)], await ListAsync("packs/"));
        Assert.Equal([("packs/b", 2L)], await ListAsync("packs/b"));
        Assert.Equal(["manifests/a", "packs/a", "packs/b"], (await ListAsync(string.Empty)).Select(found => found.Key));
        Assert.Empty(await ListAsync("none/"));
    }

    [Fact]
    public async Task DeleteAsync_Object_IsGoneAndMayComeBack()
    {
        await PutAsync("a", [1]);

        Assert.True(await Tier.DeleteAsync(_prefix + "a", Cancellation));
        Assert.False(await Tier.DeleteAsync(_prefix + "a", Cancellation));
        Assert.Null(await Tier.GetLengthAsync(_prefix + "a", Cancellation));
        Assert.True(await PutAsync("a", [2]));
        Assert.Equal([2], await ReadAsync("a", 0, 1));
    }

    [Fact]
    public async Task CompareAndSwapAsync_WhatTheCallerBelieves_IsReplaced()
    {
        Assert.True(await Tier.CompareAndSwapAsync(_prefix + "name", null, new byte[] { 1, 2 }, Cancellation));
        Assert.False(await Tier.CompareAndSwapAsync(_prefix + "name", null, new byte[] { 9 }, Cancellation));
        Assert.False(await Tier.CompareAndSwapAsync(_prefix + "name", new byte[] { 1 }, new byte[] { 9 }, Cancellation));
        Assert.Equal([1, 2], await ReadAsync("name", 0, 2));

        Assert.True(await Tier.CompareAndSwapAsync(_prefix + "name", new byte[] { 1, 2 }, new byte[] { 3 }, Cancellation));
        Assert.Equal(1, await Tier.GetLengthAsync(_prefix + "name", Cancellation));
        Assert.Equal([3], await ReadAsync("name", 0, 1));
        Assert.True(await Tier.CompareAndSwapAsync(_prefix + "name", new byte[] { 3 }, Memory<byte>.Empty, Cancellation));
        Assert.True(await Tier.CompareAndSwapAsync(_prefix + "name", Memory<byte>.Empty, new byte[64 << 10], Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Tier.CompareAndSwapAsync(_prefix + "name", null, new byte[(64 << 10) + 1], Cancellation));
    }

    [Fact]
    public async Task CompareAndSwapAsync_ByEightAtOnce_OneWinsEachRound()
    {
        byte[]? before = null;
        for (byte round = 0; round < 5; round++)
        {
            var expected = before is null ? default(ReadOnlyMemory<byte>?) : before;
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
                await Tier.CompareAndSwapAsync(_prefix + "tag", expected, new[] { (byte)i, round }, Cancellation))));

            Assert.Equal(1, results.Count(won => won));
            before = [(byte)Array.IndexOf(results, true), round];
            Assert.Equal(before, await ReadAsync("tag", 0, 2));
        }
    }

    private static byte[] MakeContent(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private async Task<bool> PutAsync(string key, byte[] content)
    {
        using var stream = new MemoryStream(content);
        return await Tier.PutAsync(_prefix + key, stream, Cancellation);
    }

    private async Task<byte[]> ReadAsync(string key, long offset, int length)
    {
        var content = new byte[length];
        var read = await Tier.ReadAsync(_prefix + key, offset, content, Cancellation);
        return content[..Math.Max(0, read)];
    }

    private async Task<List<(string Key, long Length)>> ListAsync(string prefix)
    {
        var found = new List<(string Key, long Length)>();
        await foreach (var stored in Tier.ListAsync(_prefix + prefix, Cancellation))
        {
            found.Add((stored.Key[_prefix.Length..], stored.Length));
        }

        return [.. found.OrderBy(stored => stored.Key, StringComparer.Ordinal)];
    }
}
