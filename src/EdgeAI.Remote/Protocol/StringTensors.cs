using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Remote.Protocol;

/// <summary>Strings in binary form: for each a length of four bytes, little-endian, then UTF-8.</summary>
internal static class StringTensors
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(ReadOnlySpan<string> strings)
    {
        var length = 0;
        foreach (var text in strings)
        {
            length = checked(length + sizeof(int) + Encoding.UTF8.GetByteCount(text));
        }

        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (var text in strings)
        {
            var written = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        return bytes;
    }

    /// <exception cref="RemoteCallException">The bytes are not that many strings.</exception>
    public static string[] Read(string name, ReadOnlySpan<byte> data, long count)
    {
        // Each takes four bytes at least, so that a shape alone makes no large array.
        if (count > data.Length / sizeof(int))
        {
            throw RemoteCallException.Garbled($"the output '{name}' has {count} strings by its shape, for which {data.Length} bytes are too few.");
        }

        var strings = new string[count];
        for (var i = 0; i < strings.Length; i++)
        {
            if (data.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(data) is var length && length > (uint)(data.Length - sizeof(int)))
            {
                throw RemoteCallException.Garbled($"the output '{name}' ends within its string {i}.");
            }

            strings[i] = Decode(name, data.Slice(sizeof(int), (int)length));
            data = data[(sizeof(int) + (int)length)..];
        }

        return data.IsEmpty ? strings : throw RemoteCallException.Garbled($"the output '{name}' has {data.Length} bytes behind its last string.");
    }

    /// <exception cref="RemoteCallException">It is not UTF-8.</exception>
    public static string Decode(string name, ReadOnlySpan<byte> text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException exception)
        {
            throw RemoteCallException.Garbled($"the output '{name}' has a string that is not UTF-8.", exception);
        }
    }
}
