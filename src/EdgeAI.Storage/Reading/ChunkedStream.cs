using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Maintenance;

namespace EdgeAI.Storage.Reading;

/// <summary>A file of a model as a stream over its chunks; one chunk is in memory at a time. Not thread-safe.</summary>
/// <remarks>It may hold an epoch, and leaves it when it is disposed.</remarks>
internal sealed class ChunkedStream : Stream
{
    private readonly ModelFile _file;
    private readonly ChunkReader _chunks;
    private readonly EpochLease? _epoch;
    private readonly long[] _starts;
    private byte[]? _buffer;
    private int _current = -1;

    public ChunkedStream(ModelFile file, ChunkReader chunks, EpochLease? epoch = null)
    {
        _epoch = epoch;
        _file = file;
        _chunks = chunks;
        _starts = new long[file.Chunks.Count];
        long start = 0;
        for (var i = 0; i < _starts.Length; i++)
        {
            _starts[i] = start;
            start += file.Chunks[i].Length;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var index = FindChunk(Position);
        await LoadAsync(index, cancellationToken).ConfigureAwait(false);
        var offset = (int)(Position - _starts[index]);
        var count = Math.Min(buffer.Length, _file.Chunks[index].Length - offset);
        _buffer.AsMemory(offset, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // The parser is synchronous, and what it reads is on a local disk; the chunk that it needs is most often loaded already.
        if (Position < Length && FindChunk(Position) is var index && index != _current)
        {
            LoadAsync(index, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        return Position >= Length ? 0 : ReadLoaded(buffer);
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
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _current = -1;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _epoch?.Dispose();
        base.Dispose(disposing);
    }

    private int ReadLoaded(Span<byte> buffer)
    {
        var offset = (int)(Position - _starts[_current]);
        var count = Math.Min(buffer.Length, _file.Chunks[_current].Length - offset);
        _buffer.AsSpan(offset, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    private int FindChunk(long position)
    {
        var index = Array.BinarySearch(_starts, position);
        return index >= 0 ? index : ~index - 1;
    }

    private async ValueTask LoadAsync(int index, CancellationToken cancellationToken)
    {
        if (index == _current)
        {
            return;
        }

        var chunk = _file.Chunks[index];
        if (_buffer is null || _buffer.Length < chunk.Length)
        {
            Rent(chunk.Length);
        }

        _current = -1;
        await _chunks.ReadAsync(chunk.Digest, _buffer.AsMemory(0, chunk.Length), cancellationToken).ConfigureAwait(false);
        _current = index;
    }

    private void Rent(int length)
    {
        if (_buffer is { } old)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(old);
        }

        _buffer = ArrayPool<byte>.Shared.Rent(length);
    }
}
