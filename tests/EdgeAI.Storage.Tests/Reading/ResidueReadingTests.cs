using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Reading;

/// <summary>Files of many tensors, large and small in any order, come back whichever way they are read.</summary>
public sealed class ResidueReadingTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, 40, 20_000)]
    [InlineData(2, 300, 9_000)]
    [InlineData(3, 700, 4_096)]
    [InlineData(4, 5, 3_000_000)]
    [InlineData(5, 1, 100)]
    public async Task ImportAsync_RandomTensorsAndGaps_ComeBackBySeeksAndWhole(int seed, int tensors, int most)
    {
        var model = Model(new Random(seed), tensors, most);
        await ImportAsync("m:1", model);

        await RequireSeeksAsync(model, new Random(seed + 1));
        await _test.Store.ExportAsync("m:1", _folder.Combine("out"), Cancellation);
        Assert.Equal(model, await File.ReadAllBytesAsync(_folder.Combine("out", "model.safetensors"), Cancellation));
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);
        Assert.Equal(model, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_ThousandsOfTinyTensors_KeepsLittleBesideTheirBytes()
    {
        var model = Model(new Random(7), 8000, 300);

        await ImportAsync("m:1", model);

        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        Assert.InRange(manifest.Files[0].Chunks.Count, 1, model.Length / 16_000);
        Assert.Empty(manifest.Files[0].Gaps);
        Assert.InRange(_test.Objects().Sum(path => new FileInfo(path).Length), 1, model.Length);
    }

    [Fact]
    public async Task ImportAsync_ManySmallGaps_AreOneChunk()
    {
        var model = Model(new Random(8), 200, 12_000);

        await ImportAsync("m:1", model);

        var file = (await _test.Store.InspectAsync("m:1", Cancellation)).Files[0];
        Assert.True(file.Gaps.Count > 20, $"Only {file.Gaps.Count} gaps.");
        Assert.Equal(file.Gaps.Sum(gap => gap.Length), file.Chunks[^1].Length);
        Assert.Equal(file.Tensors.Count, file.Chunks.Count - 1);
    }

    [Fact]
    public async Task Read_FromGapToGap_DecodesEachChunkOnce()
    {
        await ImportAsync("m:1", Model(new Random(9), 200, 12_000));
        var file = (await _test.Store.InspectAsync("m:1", Cancellation)).Files[0];
        var tier = new CountingTier(new LocalDirectoryTier("local", Path.Combine(_test.Directory, "objects")));
        await using var stream = new ChunkedStream(file, new ChunkReader(new StoreIndex(() => _test.IndexPath), tier));

        await stream.CopyToAsync(Stream.Null, 1000, Cancellation);

        Assert.Equal(file.Chunks.Count, tier.Reads);
    }

    private static byte[] Model(Random random, int tensors, int most)
    {
        var builder = new SafetensorsBuilder { Padding = random.Next(100) };
        for (var i = 0; i < tensors; i++)
        {
            var length = random.Next(1, most);
            builder.Tensor($"t{i}", "U8", SeededRandom.Bytes(i, length), length);
        }

        return builder.Build();
    }

    private async Task RequireSeeksAsync(byte[] content, Random random)
    {
        await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
        for (var i = 0; i < 60; i++)
        {
            var start = random.Next(content.Length);
            var part = new byte[random.Next(1, Math.Min(70_000, content.Length - start) + 1)];
            stream.Position = start;
            if (i % 2 == 0)
            {
                await stream.ReadExactlyAsync(part, Cancellation);
            }
            else
            {
                stream.ReadExactly(part);
            }

            Assert.True(part.AsSpan().SequenceEqual(content.AsSpan(start, part.Length)), $"{part.Length} bytes from {start}");
        }
    }

    private async Task ImportAsync(string reference, byte[] model) =>
        await _test.Store.ImportAsync(reference, ModelSource.FromMemory(model, "model.safetensors"), null, Cancellation);
}
