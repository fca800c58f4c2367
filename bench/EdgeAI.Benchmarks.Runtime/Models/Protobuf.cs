using System.Text;

namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>The few fields of the protocol buffers wire format that a model takes. Source: protobuf.dev, "Encoding".</summary>
internal static class Protobuf
{
    public static void WriteInteger(Stream stream, int field, long value)
    {
        WriteVarint(stream, (ulong)field << 3);
        WriteVarint(stream, (ulong)value);
    }

    public static void WriteText(Stream stream, int field, string text) => WriteBytes(stream, field, Encoding.UTF8.GetBytes(text));

    public static void WriteBytes(Stream stream, int field, ReadOnlySpan<byte> bytes)
    {
        WriteHeader(stream, field, bytes.Length);
        stream.Write(bytes);
    }

    public static void WriteMessage(Stream stream, int field, Action<Stream> write)
    {
        using var message = new MemoryStream();
        write(message);
        WriteBytes(stream, field, message.GetBuffer().AsSpan(0, (int)message.Length));
    }

    /// <summary>The tag and length of a field whose bytes follow.</summary>
    public static void WriteHeader(Stream stream, int field, long length)
    {
        WriteVarint(stream, ((ulong)field << 3) | 2);
        WriteVarint(stream, (ulong)length);
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
