using System.Globalization;
using System.Text;
using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Writes the few fields that a skeleton graph needs. Source: "Encoding", the protocol buffers documentation.</summary>
internal static class ProtobufFields
{
    private const int RawData = 9;
    private const int ExternalDataEntry = 13;
    private const int DataLocation = 14;

    /// <summary>The fields of a tensor whose bytes are in the weights file.</summary>
    public static byte[] External(long offset, long length, IEnumerable<(string Key, string Value)> more)
    {
        using var stream = new MemoryStream();
        WriteEntry(stream, "location", HotFiles.WeightsName);
        WriteEntry(stream, "offset", offset.ToString(CultureInfo.InvariantCulture));
        WriteEntry(stream, "length", length.ToString(CultureInfo.InvariantCulture));
        foreach (var (key, value) in more)
        {
            WriteEntry(stream, key, value);
        }

        WriteTag(stream, DataLocation, WireType.Varint);
        WriteVarint(stream, 1);
        return stream.ToArray();
    }

    /// <summary>The field of a tensor whose bytes are in the graph.</summary>
    public static byte[] Inline(ReadOnlySpan<byte> data)
    {
        using var stream = new MemoryStream(data.Length + 16);
        WriteHeader(stream, RawData, data.Length);
        stream.Write(data);
        return stream.ToArray();
    }

    /// <summary>The tag and length of a message.</summary>
    public static byte[] Header(int number, long length)
    {
        using var stream = new MemoryStream(16);
        WriteHeader(stream, number, length);
        return stream.ToArray();
    }

    private static void WriteEntry(MemoryStream stream, string key, string value)
    {
        using var entry = new MemoryStream();
        WriteText(entry, 1, key);
        WriteText(entry, 2, value);
        WriteHeader(stream, ExternalDataEntry, entry.Length);
        entry.WriteTo(stream);
    }

    private static void WriteText(MemoryStream stream, int number, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteHeader(stream, number, bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteHeader(MemoryStream stream, int number, long length)
    {
        WriteTag(stream, number, WireType.Bytes);
        WriteVarint(stream, (ulong)length);
    }

    private static void WriteTag(MemoryStream stream, int number, WireType type) => WriteVarint(stream, ((ulong)number << 3) | (uint)type);

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
