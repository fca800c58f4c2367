using EdgeAI.Models;
using EdgeAI.Storage.Materializing;

namespace EdgeAI.Storage.Tests.Materializing;

/// <summary>Parts in memory, each at a multiple of 4096, and a count of those that were read.</summary>
internal sealed class MemoryHotSource : IHotSource
{
    private readonly List<byte[]> _contents = [];
    private readonly List<HotPart> _parts = [];
    private int _reads;

    /// <param name="contents">What each part has.</param>
    public MemoryHotSource(IEnumerable<byte[]> contents)
    {
        foreach (var content in contents)
        {
            var offset = (Length + 4095) / 4096 * 4096;
            _parts.Add(new HotPart(offset, content.Length, null, _contents.Count, new ChunkReference(Digest.Of(content), content.Length)));
            _contents.Add(content);
            Length = offset + content.Length;
        }
    }

    public long Length { get; private set; }

    public IReadOnlyList<HotPart> Parts => _parts;

    public int Reads => _reads;

    /// <summary>The part that can't be read; none when it is null.</summary>
    public int? FailingPart { get; init; }

    /// <summary>What a file of all parts is.</summary>
    public byte[] Content
    {
        get
        {
            var content = new byte[Length];
            _parts.ForEach(part => _contents[(int)part.SourceOffset].CopyTo(content, part.Offset));
            return content;
        }
    }

    /// <summary>Contents of a megabyte and more, that are the same for the same seeds.</summary>
    public static MemoryHotSource Of(params int[] seeds) => new(ContentsOf(seeds));

    public static IEnumerable<byte[]> ContentsOf(params int[] seeds) => seeds.Select(seed =>
    {
        var content = new byte[(1 << 20) + (seed * 4)];
        new Random(seed).NextBytes(content);
        return content;
    });

    public IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset) => throw new NotSupportedException();

    public ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (part.SourceOffset == FailingPart)
        {
            throw new IOException("The cable is out.");
        }

        _contents[(int)part.SourceOffset].CopyTo(plain);
        return ValueTask.CompletedTask;
    }

    public Stream Open(string? location) => throw new NotSupportedException();
}
