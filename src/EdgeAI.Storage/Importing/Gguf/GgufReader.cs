using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Storage.Importing.Gguf;

/// <summary>Reads little-endian numbers and texts from a stream that can seek. Every length is checked against what is left of the file.</summary>
internal sealed class GgufReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly long _length = stream.Length;
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Where the next byte is read.</summary>
    public long Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public long Left => _length - Position;

    public byte ReadByte() => Take(sizeof(byte))[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public void Skip(ulong count)
    {
        if (count > (ulong)Left)
        {
            throw CutShort();
        }

        Position += (long)count;
    }

    /// <summary>Reads how many things follow.</summary>
    /// <param name="minLength">The least that one of them takes.</param>
    public long ReadCount(int minLength)
    {
        var count = ReadUInt64();
        return count <= (ulong)(Left / minLength) ? (long)count : throw CutShort();
    }

    /// <summary>Reads a text.</summary>
    /// <param name="maxLength">The longest that makes sense there, in bytes; less than 64 KiB.</param>
    public string ReadText(int maxLength)
    {
        var start = Position;
        var length = ReadUInt64();
        if (length <= (ulong)maxLength)
        {
            return ReadTextOf((int)length);
        }

        throw length > (ulong)Left ? CutShort() : new MalformedModelException($"a name is longer than {maxLength} bytes", start);
    }

    /// <summary>Reads the text that a length announced.</summary>
    public string ReadTextOf(int length) => Encoding.UTF8.GetString(Take(length));

    /// <summary>The file ends before what it says is over.</summary>
    public MalformedModelException CutShort() => new("the file is cut short, or one of its lengths is wrong", Position);

    // No more than the buffer holds: names and numbers.
    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
        {
            throw CutShort();
        }

        if (Position < _bufferStart || Position + count > _bufferStart + _bufferLength)
        {
            stream.Position = Position;
            _bufferStart = Position;
            _bufferLength = stream.ReadAtLeast(_buffer, count, throwOnEndOfStream: false);
            if (_bufferLength < count)
            {
                throw CutShort();
            }
        }

        var taken = _buffer.AsSpan((int)(Position - _bufferStart), count);
        Position += count;
        return taken;
    }
}
