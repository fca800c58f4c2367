using System.Buffers.Binary;

namespace EdgeAI.Samples.Voice;

/// <summary>The format chunk of a WAV file.</summary>
internal readonly record struct WavFormat(int Encoding, int Channels, int SampleRate, int BitsPerSample)
{
    public const int Size = 16;

    private const int Pcm = 1;
    private const int Float = 3;
    private const int Extensible = 0xfffe;
    private const int ExtensibleSize = 26;
    private const int SubFormatOffset = 24;
    private const int MaxChannels = 64;
    private const int MinSampleRate = 4_000;
    private const int MaxSampleRate = 768_000;

    public int BytesPerSample => BitsPerSample / 8;

    public int BytesPerFrame => BytesPerSample * Channels;

    /// <summary>Reads the chunk; what the samples are made of stands further back in the extensible form of it.</summary>
    public static WavFormat Read(ReadOnlySpan<byte> chunk)
    {
        var encoding = (int)BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (encoding == Extensible && chunk.Length >= ExtensibleSize)
        {
            encoding = BinaryPrimitives.ReadUInt16LittleEndian(chunk[SubFormatOffset..]);
        }

        return new WavFormat(
            encoding,
            BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]),
            (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..])),
            BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]));
    }

    /// <summary>Why the format can't be read; null when it can.</summary>
    public string? FindProblem() => this switch
    {
        { Channels: < 1 or > MaxChannels } => $"it has {Channels} channels, not 1 to {MaxChannels}",
        { SampleRate: < MinSampleRate or > MaxSampleRate } => $"it has {SampleRate} samples a second, not {MinSampleRate} to {MaxSampleRate}",
        { Encoding: Pcm, BitsPerSample: 8 or 16 or 24 or 32 } or { Encoding: Float, BitsPerSample: 32 } => null,
        _ => $"its samples are of encoding {Encoding} with {BitsPerSample} bits",
    };

    /// <summary>One sample as a number from -1 to 1. Eight bits are unsigned, more are signed.</summary>
    public float ReadSample(ReadOnlySpan<byte> bytes) => (Encoding, BitsPerSample) switch
    {
        (Float, _) => ReadFloat(bytes),
        (_, 8) => (bytes[0] - 128) / 128f,
        (_, 16) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f,
        (_, 24) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) / 2147483648f,
        _ => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648f,
    };

    private static float ReadFloat(ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        return float.IsFinite(value) ? value : 0;
    }
}
