using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Strings in binary form: for each a length of four bytes, little-endian, then UTF-8.</summary>
internal static class StringTensors
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ProtocolException">The bytes are not that many strings.</exception>
    public static string[] Read(string name, ReadOnlySpan<byte> data, int count)
    {
        // Each takes four bytes at least, so that a shape alone makes no large array.
        if (count > data.Length / sizeof(int))
        {
            throw ProtocolException.Malformed($"The input '{name}' has {count} strings by its shape, and {data.Length} bytes are too few for them.");
        }

        var strings = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (data.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(data) is var length && length > (uint)(data.Length - sizeof(int)))
            {
                throw ProtocolException.Malformed($"The input '{name}' ends within its string {i}.");
            }

            strings[i] = Decode(name, data.Slice(sizeof(int), (int)length));
            data = data[(sizeof(int) + (int)length)..];
        }

        return data.IsEmpty ? strings : throw ProtocolException.Malformed($"The input '{name}' has {data.Length} bytes behind its last string.");
    }

    /// <exception cref="ProtocolException">It is not UTF-8.</exception>
    public static string Decode(string name, ReadOnlySpan<byte> text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw ProtocolException.Malformed($"The input '{name}' has a string that is not UTF-8; a model's strings are text.");
        }
    }

    /// <summary>How long the binary form is.</summary>
    public static int LengthOf(ReadOnlySpan<string> strings)
    {
        var length = 0;
        foreach (var text in strings)
        {
            length = checked(length + sizeof(int) + Encoding.UTF8.GetByteCount(text));
        }

        return length;
    }

    public static void Write(ReadOnlySpan<string> strings, Span<byte> destination)
    {
        foreach (var text in strings)
        {
            var length = Encoding.UTF8.GetBytes(text, destination[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(destination, length);
            destination = destination[(sizeof(int) + length)..];
        }
    }
}
