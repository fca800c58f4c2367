using EdgeAI.Models;
using EdgeAI.Storage.Maintenance;

namespace EdgeAI.Storage.Reading;

/// <summary>
/// A file of a model as a stream over its chunks; one chunk of a tensor and one of the residue are in memory at a time, so that who reads a graph past its tensors
/// has each chunk decoded once. Not thread-safe.
/// </summary>
/// <remarks>It may hold an epoch, and leaves it when it is disposed.</remarks>
internal sealed class ChunkedStream(FileLayout layout, IChunkSource chunks, EpochLease? epoch = null) : Stream
{
    private readonly LoadedChunk _tensor = new(layout.File, chunks);
    private readonly LoadedChunk _residue = new(layout.File, chunks);

    public ChunkedStream(ModelFile file, IChunkSource chunks, EpochLease? epoch = null)
        : this(new FileLayout(file), chunks, epoch)
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => layout.File.Length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var piece = layout.Find(Position);
        var loaded = SlotOf(piece);
        await loaded.LoadAsync(piece.Chunk, cancellationToken).ConfigureAwait(false);
        return Copy(piece, loaded, buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        // The parser is synchronous, and what it reads is on a local disk; the chunk that it needs is most often loaded already.
        var piece = layout.Find(Position);
        var loaded = SlotOf(piece);
        if (!loaded.Has(piece.Chunk))
        {
            loaded.LoadAsync(piece.Chunk, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        return Copy(piece, loaded, buffer);
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _tensor.Release();
        _residue.Release();
        epoch?.Dispose();
        base.Dispose(disposing);
    }

    private LoadedChunk SlotOf(in FilePiece piece) => layout.IsResidue(piece.Chunk) ? _residue : _tensor;

    private int Copy(in FilePiece piece, LoadedChunk loaded, Span<byte> buffer)
    {
        var rest = loaded.Slice(piece).Span[(int)(Position - piece.Offset)..];
        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        Position += count;
        return count;
    }
}
