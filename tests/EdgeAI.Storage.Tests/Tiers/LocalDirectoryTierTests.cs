using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Tiers;

public sealed class LocalDirectoryTierTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];

    private readonly TemporaryDirectory _folder = new();
    private readonly LocalDirectoryTier _tier;

    public LocalDirectoryTierTests() => _tier = new LocalDirectoryTier("local", _folder.Combine("tier"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PutAsync_NewKey_StoresFromWhereTheStreamStands()
    {
        using var content = new MemoryStream(Content) { Position = 2 };

        Assert.True(await _tier.PutAsync("packs/a.pack", content, Cancellation));

        Assert.Equal(3, await _tier.GetLengthAsync("packs/a.pack", Cancellation));
        Assert.Equal(Content[2..], await ReadAsync("packs/a.pack", 0, 3));
    }

    [Fact]
    public async Task PutAsync_KnownKey_LeavesTheObjectAsItWas()
    {
        await PutAsync("a", Content);

        Assert.False(await PutAsync("a", [9]));
        Assert.Equal(Content, await ReadAsync("a", 0, 5));
    }

    [Fact]
    public async Task PutAsync_Cancelled_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _tier.PutAsync("a", new MemoryStream(Content), cancellation.Token));

        Assert.Null(await _tier.GetLengthAsync("a", Cancellation));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PutAsync_SameKeyAtOnce_IsStoredOnce()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = $"a{round}";
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => PutAsync(key, [(byte)i]))));

            Assert.Equal(1, results.Count(stored => stored));
            Assert.Equal((byte)Array.IndexOf(results, true), Assert.Single(await ReadAsync(key, 0, 1)));
        }
    }

    [Fact]
    public async Task ReadAsync_BeyondTheEnd_ReadsWhatThereIs()
    {
        await PutAsync("a", Content);

        Assert.Equal(2, await _tier.ReadAsync("a", 3, new byte[10], Cancellation));
        Assert.Equal(0, await _tier.ReadAsync("a", 5, new byte[10], Cancellation));
        Assert.Equal(-1, await _tier.ReadAsync("none", 0, new byte[10], Cancellation));
    }

    [Fact]
    public async Task ListAsync_Prefix_GivesWhatBeginsWithIt()
    {
        await PutAsync("packs/a", Content);
        await PutAsync("packs/b", []);
        await PutAsync("manifests/a", Content);

        Assert.Equal(["packs/a 5", "packs/b 0"], (await ListAsync("packs/")).Order());
        Assert.Equal(3, (await ListAsync(string.Empty)).Count);
    }

    [Fact]
    public async Task DeleteAsync_Object_IsGoneOnce()
    {
        await PutAsync("a", Content);

        Assert.True(await _tier.DeleteAsync("a", Cancellation));
        Assert.False(await _tier.DeleteAsync("a", Cancellation));
        Assert.Null(await _tier.GetLengthAsync("a", Cancellation));
    }

    [Fact]
    public async Task CompareAndSwapAsync_SomethingElseThere_LeavesItAsItWas()
    {
        Assert.True(await _tier.CompareAndSwapAsync("ref", null, Content, Cancellation));
        Assert.False(await _tier.CompareAndSwapAsync("ref", null, new byte[1], Cancellation));
        Assert.False(await _tier.CompareAndSwapAsync("ref", new byte[] { 7 }, new byte[1], Cancellation));
        Assert.Equal(Content, await ReadAsync("ref", 0, 5));
        Assert.True(await _tier.CompareAndSwapAsync("ref", Content, new byte[] { 6 }, Cancellation));
        Assert.Equal([6], await ReadAsync("ref", 0, 1));
    }

    [Fact]
    public async Task CompareAndSwapAsync_ManyAtOnce_LosesNoStep()
    {
        await _tier.CompareAndSwapAsync("counter", null, new byte[1], Cancellation);

        await Parallel.ForAsync(0, 32, Cancellation, async (_, token) =>
        {
            byte[] current;
            do
            {
                current = await ReadAsync("counter", 0, 1);
            }
            while (!await _tier.CompareAndSwapAsync("counter", current, new[] { (byte)(current[0] + 1) }, token));
        });

        Assert.Equal([32], await ReadAsync("counter", 0, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    public async Task AnyCall_HostileKey_IsRefused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(key, Content));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _tier.ReadAsync(key, 0, new byte[1], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _tier.GetLengthAsync(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _tier.DeleteAsync(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _tier.CompareAndSwapAsync(key, null, Content, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(new string('k', 257), Content));
    }

    [Fact]
    public async Task GetCapacityAsync_OfADisk_IsKnown()
    {
        await PutAsync("a", Content);

        var capacity = await _tier.GetCapacityAsync(Cancellation);

        Assert.True(capacity.TotalBytes >= capacity.AvailableBytes && capacity.AvailableBytes > 0);
    }

    private Task<bool> PutAsync(string key, byte[] content) => _tier.PutAsync(key, new MemoryStream(content), Cancellation).AsTask();

    private async Task<byte[]> ReadAsync(string key, long offset, int length)
    {
        var bytes = new byte[length];
        Assert.Equal(length, await _tier.ReadAsync(key, offset, bytes, Cancellation));
        return bytes;
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var objects = new List<string>();
        await foreach (var stored in _tier.ListAsync(prefix, Cancellation))
        {
            objects.Add($"{stored.Key} {stored.Length}");
        }

        return objects;
    }
}
