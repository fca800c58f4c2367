using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Clusters;

public sealed class IncomingPacksTests : IDisposable
{
    private const int ChunkLength = PackFormat.MaxChunkLength;
    private const int Full = (int)(PackFormat.TargetLength / ChunkLength);

    private readonly TemporaryDirectory _root = new();
    private readonly byte[] _chunk = new byte[ChunkLength];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root.Path, "incoming");

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task OpenAsync_FullPackWasNotOnDiskBesideTheNext_KeepsWhatIsWholeOfBoth()
    {
        await using (var packs = await OpenAsync())
        {
            for (var i = 0; i <= Full; i++)
            {
                await AddAsync(packs, i);
            }
        }

        // A power cut while the full pack was on its way to the disk and the next one was begun.
        File.Delete(Path.Combine(Folder, "000000.sealed"));
        using (var first = new FileStream(Path.Combine(Folder, "000000.pack"), FileMode.Open))
        {
            first.SetLength((2 * ChunkLength) + (ChunkLength / 2));
        }

        await using var resumed = await OpenAsync();
        int[] there = [.. Enumerable.Range(0, Full + 1).Where(i => resumed.Find(Fill(i)) is not null)];
        Assert.Equal([0, 1, Full], there);

        for (var i = 2; i < Full; i++)
        {
            await AddAsync(resumed, i);
        }

        var written = await resumed.CompleteAsync();
        Assert.Equal(Enumerable.Range(0, Full + 1).Select(Fill).ToHashSet(), written.SelectMany(pack => pack.Entries).Select(entry => entry.Chunk).ToHashSet());
        foreach (var pack in written)
        {
            Assert.Equal(pack.Digest, Digest.Of(await File.ReadAllBytesAsync(pack.Path, Cancellation)));
        }

        for (var i = 0; i <= Full; i++)
        {
            var plain = new byte[ChunkLength];
            await resumed.ReadAsync(Fill(i), plain, Cancellation);
            Assert.Equal(Fill(i), Digest.Of(plain));
        }
    }

    private async Task<IncomingPacks> OpenAsync()
    {
        var directory = new StoreDirectory(Path.Combine(_root.Path, "store"));
        return await IncomingPacks.OpenAsync(Folder, new LocalObjects(directory, new TierMarkers(directory.Root, [], null)), new Nothing(), comparesNames: true, Cancellation);
    }

    private async Task AddAsync(IncomingPacks packs, int number)
    {
        var chunk = Fill(number);
        var checksum = XxHash3.HashToUInt64(_chunk);
        await packs.AddAsync(chunk, new ChunkLocation(chunk, PackFormat.HeaderLength, ChunkLength, ChunkLength, checksum, ChunkCodecs.RawId, null), checksum, _chunk, Cancellation);
    }

    private Digest Fill(int number)
    {
        _chunk.AsSpan().Fill((byte)(number + 1));
        return Digest.Of(_chunk);
    }

    private sealed class Nothing : IChunkSource
    {
        public ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken) => throw new InvalidOperationException($"{chunk} is asked for.");
    }
}
