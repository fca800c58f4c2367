using System.Text;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>
/// Reads the wire format of protocol buffers from a stream that can seek, without holding a message: fields, and where their content lies.
/// Everything is checked against the end of the enclosing message. Source: "Encoding", the protocol buffers documentation.
/// </summary>
internal sealed class ProtobufReader(Stream stream, long length)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Where the next byte is read.</summary>
    public long Position { get; private set; }

    /// <summary>The whole length.</summary>
    public long Length => length;

    public void Seek(long position) => Position = position;

    /// <summary>Reads the next field of a message; false at the message's end.</summary>
    /// <param name="end">Where the message ends.</param>
    /// <param name="field">The field; its content is still to be read or skipped.</param>
    public bool TryReadField(long end, out ProtobufField field)
    {
        field = default;
        if (Position >= end)
        {
            return false;
        }

        var start = Position;
        var tag = ReadVarint(end);
        var number = tag >> 3;
        if (number is 0 or > 536_870_911)
        {
            throw new MalformedModelException("a field has an impossible number", start);
        }

        field = ReadExtent(start, (int)number, (WireType)(tag & 7), end);
        return true;
    }

    /// <summary>Goes to the end of a field.</summary>
    public void Skip(in ProtobufField field) => Position = field.End;

    public ulong ReadVarint(long end)
    {
        ulong result = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var value = ReadByte(end);
            result |= (ulong)(value & 0x7F) << shift;
            if (value < 0x80)
            {
                return result;
            }
        }

        throw new MalformedModelException("a number is longer than ten bytes", Position);
    }

    /// <summary>Reads the number that a field holds.</summary>
    public long ReadInt64(in ProtobufField field)
    {
        Expect(field, WireType.Varint);
        Position = field.ContentStart;
        return (long)ReadVarint(field.End);
    }

    /// <summary>Reads the text that a field holds.</summary>
    /// <param name="field">The field.</param>
    /// <param name="maxLength">The longest text that makes sense there, in bytes.</param>
    public string ReadString(in ProtobufField field, int maxLength)
    {
        Expect(field, WireType.Bytes);
        if (field.ContentLength > maxLength)
        {
            throw new MalformedModelException($"a name is longer than {maxLength} bytes", field.Start);
        }

        Position = field.End;
        if (field.ContentStart >= _bufferStart && field.End <= _bufferStart + _bufferLength)
        {
            return Encoding.UTF8.GetString(_buffer.AsSpan((int)(field.ContentStart - _bufferStart), (int)field.ContentLength));
        }

        var bytes = new byte[field.ContentLength];
        ReadExactly(field.ContentStart, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads bytes from anywhere; the position stays.</summary>
    public void ReadExactly(long offset, Span<byte> destination)
    {
        stream.Position = offset;
        try
        {
            stream.ReadExactly(destination);
        }
        catch (EndOfStreamException)
        {
            throw new MalformedModelException("the file is cut short", offset);
        }
    }

    public static void Expect(in ProtobufField field, WireType type)
    {
        if (field.Type != type)
        {
            throw new MalformedModelException($"field {field.Number} has the wrong wire type", field.Start);
        }
    }

    private ProtobufField ReadExtent(long start, int number, WireType type, long end)
    {
        switch (type)
        {
            case WireType.Varint:
                var content = Position;
                ReadVarint(end);
                return new ProtobufField(number, type, start, content, Position);
            case WireType.Fixed64:
                return Sized(start, number, type, 8, end);
            case WireType.Fixed32:
                return Sized(start, number, type, 4, end);
            case WireType.Bytes:
                var size = ReadVarint(end);
                return size <= long.MaxValue
                    ? Sized(start, number, type, (long)size, end)
                    : throw new MalformedModelException("a field is longer than its message", start);
            default:
                throw new MalformedModelException("a field has an unknown wire type", start);
        }
    }

    private ProtobufField Sized(long start, int number, WireType type, long size, long end)
    {
        if (size > end - Position)
        {
            throw new MalformedModelException(
                end == length ? "the file is cut short" : "a field is longer than its message",
                start);
        }

        return new ProtobufField(number, type, start, Position, Position + size);
    }

    private byte ReadByte(long end)
    {
        if (Position >= end)
        {
            throw new MalformedModelException(end >= length ? "the file is cut short" : "a message ends within a field", Position);
        }

        if (Position < _bufferStart || Position >= _bufferStart + _bufferLength)
        {
            Fill();
        }

        return _buffer[Position++ - _bufferStart];
    }

    private void Fill()
    {
        stream.Position = Position;
        _bufferStart = Position;
        _bufferLength = stream.ReadAtLeast(_buffer, 1, throwOnEndOfStream: false);
        if (_bufferLength == 0)
        {
            throw new MalformedModelException("the file is cut short", Position);
        }
    }
}
