using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Storage.Tests.Scale;

/// <summary>A safetensors file of any length that takes no room: one tensor of zeros, with a mark after each gibibyte that says which it is.</summary>
internal sealed class MadeModel : Stream
{
    public const long MarkedEvery = 1L << 30;

    private const int MarkLength = 64;

    private readonly byte[] _header;
    private long _position;

    public MadeModel(long elements)
    {
        var json = Encoding.UTF8.GetBytes($"{{\"w\":{{\"dtype\":\"F32\",\"shape\":[{elements}],\"data_offsets\":[0,{4 * elements}]}}}}");
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        _header = [.. length, .. json];
        Length = _header.Length + (4 * elements);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get => _position; set => _position = value; }

    public override int Read(Span<byte> buffer)
    {
        var length = (int)Math.Min(buffer.Length, Math.Max(0, Length - _position));
        buffer = buffer[..length];
        buffer.Clear();
        if (_position < _header.Length)
        {
            var part = _header.AsSpan((int)_position);
            part[..Math.Min(part.Length, length)].CopyTo(buffer);
        }

        for (var mark = Math.Max(1, _position / MarkedEvery); mark * MarkedEvery < _position + length; mark++)
        {
            for (var i = 0; i < MarkLength; i++)
            {
                var at = (mark * MarkedEvery) + i - _position;
                if (at >= 0 && at < length)
                {
                    buffer[(int)at] = (byte)((mark * 31) + i);
                }
            }
        }

        _position += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) => _position = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => Length };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
