using System.Buffers;
using EdgeAI.Storage.Materializing;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Materializing;

public sealed class HotRunWriterTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_PartsWithRoomBetween_WritesThemAndZerosWithTheirChecksums()
    {
        Array.ForEach([.. Enumerable.Range(0, 8).Select(_ => ArrayPool<byte>.Shared.Rent(2 << 20))], Soil);
        var random = new Random(1);
        var source = new MemoryHotSource(Enumerable.Range(0, 400).Select(_ => new byte[random.Next(1, 20_000)]).Select(content => Fill(content, random)));
        var runs = HotRun.Gather(source.Parts).ToArray();
        var path = _folder.Combine("weights.bin");

        IReadOnlyList<HotChecksum> checksums;
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            checksums = await new HotRunWriter("weights.bin", source, file).WriteAsync(runs, [.. runs.Select(HotContent.Of)], Cancellation);
        }

        Assert.True(runs.Length > 2);
        Assert.Equal(source.Content, await File.ReadAllBytesAsync(path, Cancellation));
        Assert.Equal(runs.Select(run => run.Offset), checksums.Select(checksum => checksum.Offset));
        using var written = File.OpenHandle(path);
        foreach (var checksum in checksums)
        {
            Assert.True(HotChecksums.TryRead(written, checksum, new byte[checksum.Length]));
            Assert.False(HotChecksums.TryRead(written, checksum with { Offset = checksum.Offset + 1 }, new byte[checksum.Length]));
        }
    }

    private static void Soil(byte[] buffer)
    {
        Array.Fill(buffer, (byte)0xAA);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static byte[] Fill(byte[] content, Random random)
    {
        random.NextBytes(content);
        return content;
    }
}
