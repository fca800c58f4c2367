using System.Buffers;
using System.Security.Cryptography;
using EdgeAI.Storage.Materializing;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Materializing;

public sealed class HotRunWriterTests : IDisposable
{
    private const int Parts = 400;

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_PartsWithRoomBetween_WritesThemAndZerosWithTheirChecksums()
    {
        Array.ForEach([.. Enumerable.Range(0, 8).Select(_ => ArrayPool<byte>.Shared.Rent(2 << 20))], Soil);
        var (source, expected) = Make();
        var runs = HotRun.Gather(source.Cut()).ToArray();
        var path = _folder.Combine("weights.bin");

        IReadOnlyList<HotChecksum> checksums;
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            checksums = await HotRunWriter.WriteAsync("weights.bin", runs, source, file, Cancellation);
        }

        Assert.True(runs.Length > 2);
        Assert.Equal(expected, await File.ReadAllBytesAsync(path, Cancellation));
        Assert.Equal(runs.Select(run => run.Offset), checksums.Select(checksum => checksum.Offset));
        using var written = File.OpenHandle(path);
        foreach (var checksum in checksums)
        {
            Assert.Equal(checksum.Hash, await HotChecksums.HashAsync(written, checksum.Offset, checksum.Length, Cancellation));
        }
    }

    private static void Soil(byte[] buffer)
    {
        Array.Fill(buffer, (byte)0xAA);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static (MemorySource Source, byte[] Expected) Make()
    {
        var random = new Random(1);
        var (parts, bytes, offset) = (new List<(HotPart Part, byte[] Content)>(), new List<byte>(), 0L);
        for (var i = 0; i < Parts; i++)
        {
            var content = RandomNumberGenerator.GetBytes(random.Next(1, 20_000));
            parts.Add((new HotPart(offset, content.Length, null, i), content));
            bytes.AddRange(new byte[offset - bytes.Count]);
            bytes.AddRange(content);
            offset = (bytes.Count + 4095) / 4096 * 4096;
        }

        return (new MemorySource(parts), bytes.ToArray());
    }

    private sealed class MemorySource(List<(HotPart Part, byte[] Content)> parts) : IHotSource
    {
        public IEnumerable<HotPart> Cut() => parts.Select(part => part.Part);

        public IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset) => throw new NotSupportedException();

        public ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken)
        {
            parts[(int)part.SourceOffset].Content.CopyTo(plain);
            return ValueTask.CompletedTask;
        }

        public Stream Open(string? location) => throw new NotSupportedException();
    }
}
