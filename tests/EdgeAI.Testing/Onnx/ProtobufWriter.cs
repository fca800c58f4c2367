using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Testing.Onnx;

/// <summary>Writes fields of the protocol buffers wire format. Source: protobuf.dev, "Encoding".</summary>
public sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The bytes written so far, in an array of their own.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Writes a field's number and wire type.</summary>
    public void WriteTag(int field, WireType type) => WriteVarint(((ulong)field << 3) | (uint)type);

    /// <summary>Writes a bare number, seven bits a byte, lowest first.</summary>
    public void WriteVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        var count = 0;
        do
        {
            bytes[count++] = (byte)(value >= 0x80 ? value | 0x80 : value);
            value >>= 7;
        }
        while (value != 0);
        _buffer.Write(bytes[..count]);
    }

    /// <summary>Writes bare bytes: a hand-made piece of a damaged file.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Writes an integer field; negative numbers take ten bytes, as the format says.</summary>
    public void WriteInteger(int field, long value)
    {
        WriteTag(field, WireType.Varint);
        WriteVarint((ulong)value);
    }

    /// <summary>Writes a binary32 field.</summary>
    public void WriteFloat(int field, float value)
    {
        WriteTag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
    }

    /// <summary>Writes a field of bytes.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteTag(field, WireType.LengthDelimited);
        WriteVarint((ulong)value.Length);
        _buffer.Write(value);
    }

    /// <summary>Writes a field of text.</summary>
    public void WriteText(int field, string value) => WriteBytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a nested message.</summary>
    public void WriteMessage(int field, Action<ProtobufWriter> write)
    {
        var nested = new ProtobufWriter();
        write(nested);
        WriteBytes(field, nested._buffer.WrittenSpan);
    }

    /// <summary>Writes repeated integers: one field each as ONNX files have them, or all in one packed field, which readers must take too.</summary>
    public void WriteIntegers(int field, IEnumerable<long> values, bool packed)
    {
        if (packed)
        {
            WriteMessage(field, nested => nested.WriteVarints(values));
            return;
        }

        foreach (var value in values)
        {
            WriteInteger(field, value);
        }
    }

    private void WriteVarints(IEnumerable<long> values)
    {
        foreach (var value in values)
        {
            WriteVarint((ulong)value);
        }
    }
}
