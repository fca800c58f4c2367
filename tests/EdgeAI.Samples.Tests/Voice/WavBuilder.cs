using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Samples.Tests.Voice;

/// <summary>Makes WAV files, right and wrong ones.</summary>
internal sealed class WavBuilder
{
    private readonly List<byte> _body = [];

    public WavBuilder Chunk(string id, byte[] content, uint? claimedSize = null)
    {
        _body.AddRange([.. Encoding.ASCII.GetBytes(id), .. UInt32(claimedSize ?? (uint)content.Length), .. content]);
        if (content.Length % 2 == 1)
        {
            _body.Add(0);
        }

        return this;
    }

    public WavBuilder Format(int encoding = 1, int channels = 1, int rate = 16_000, int bits = 16) =>
        Chunk("fmt ", FormatChunk(encoding, channels, rate, bits));

    /// <summary>The form of the format chunk that names the encoding further back.</summary>
    public WavBuilder ExtensibleFormat(int encoding, int channels, int rate, int bits) =>
        Chunk(
            "fmt ",
            [.. FormatChunk(0xfffe, channels, rate, bits), .. UInt16(22), .. UInt16(bits), .. UInt32(0), .. UInt16(encoding), .. new byte[14]]);

    public byte[] Build() => [.. "RIFF"u8, .. UInt32((uint)_body.Count + 4), .. "WAVE"u8, .. _body];

    private static byte[] FormatChunk(int encoding, int channels, int rate, int bits) =>
    [
        .. UInt16(encoding),
        .. UInt16(channels),
        .. UInt32((uint)rate),
        .. UInt32((uint)(rate * channels * bits / 8)),
        .. UInt16(channels * bits / 8),
        .. UInt16(bits),
    ];

    private static byte[] UInt16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
