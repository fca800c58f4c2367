using System.Buffers;

namespace EdgeAI.Storage.Codecs;

/// <summary>The codecs of a store, and the choice between them, by samples. Thread-safe.</summary>
/// <param name="compressionLevel">The Zstandard level.</param>
/// <param name="searches">Whether what takes long to find and makes a chunk shorter is searched for.</param>
internal sealed class ChunkCodecs(int compressionLevel, bool searches = false)
{
    /// <summary>The codec that keeps bytes as they are.</summary>
    public const byte RawId = 0;

    // What encodings may be longer than their chunk by, before they are known not to pay.
    private const int Slack = 256;

    // A difference must be this much shorter than the chunk by itself: it costs reading another chunk.
    private const double DifferencePays = 0.8;

    private const int SampleElements = 4096;

    private readonly PlaneCodec _planes = new(ZstdFrames.OfLevel(compressionLevel), searches);

    /// <summary>How long a buffer must be to encode a chunk into it.</summary>
    public static int BufferLength(int length) => length + Slack;

    /// <summary>Whether chunks of a codec are decoded with another chunk.</summary>
    public static bool NeedsBase(byte codec) => codec is DeltaCodec.Id or PrefixCodec.Id;

    /// <summary>Encodes a chunk by what suits it.</summary>
    /// <param name="content">The chunk.</param>
    /// <param name="encoded">At least <see cref="BufferLength"/> bytes.</param>
    /// <param name="codec">The codec that was used.</param>
    /// <returns>How many bytes were written; no more than the chunk has.</returns>
    public int Encode(in ChunkContent content, Span<byte> encoded, out byte codec)
    {
        if (MeasureDifference(content) is not null)
        {
            var difference = DeltaCodec.Encode(content, encoded);
            if (difference > 0)
            {
                codec = DeltaCodec.Id;
                return difference;
            }
        }

        var alone = EncodeAlone(content, encoded, out codec);
        if (content.Form != Elements.ElementForm.Bytes || content.Base.IsEmpty)
        {
            return alone;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(alone);
        try
        {
            var difference = PrefixCodec.Encode(content.Plain, content.Base, buffer.AsSpan(0, (int)(DifferencePays * alone)));
            if (difference == 0)
            {
                return alone;
            }

            buffer.AsSpan(0, difference).CopyTo(encoded);
            codec = PrefixCodec.Id;
            return difference;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes untrusted bytes; false when the codec is unknown or the bytes are not its.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="encoded">The bytes.</param>
    /// <param name="baseline">The other chunk, where <see cref="NeedsBase"/> says so.</param>
    /// <param name="plain">Exactly as long as the chunk.</param>
    public static bool TryDecode(byte codec, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> baseline, Span<byte> plain)
    {
        switch (codec)
        {
            case RawId when encoded.Length == plain.Length:
                encoded.CopyTo(plain);
                return true;
            case PlaneCodec.Id:
                return PlaneCodec.TryDecode(encoded, plain);
            case DeltaCodec.Id:
                return DeltaCodec.TryDecode(encoded, baseline, plain);
            case PrefixCodec.Id:
                return PrefixCodec.TryDecode(encoded, baseline, plain);
            default:
                return false;
        }
    }

    /// <summary>
    /// What a run of elements from the middle takes as a difference from the base; null where that does not pay. Both ways are tried on the run: the
    /// elements of one tensor are alike.
    /// </summary>
    public int? MeasureDifference(in ChunkContent content)
    {
        if (content.Base.IsEmpty || !DeltaCodec.Suits(content.Plain.Length, content.Form, content.Base.Length, content.BaseForm))
        {
            return null;
        }

        var (size, baseSize) = (Elements.ElementForms.SizeOf(content.Form), Elements.ElementForms.SizeOf(content.BaseForm));
        var elements = Math.Min(SampleElements, content.Plain.Length / size);
        var first = ((content.Plain.Length / size) - elements) / 2;
        var sample = content.Plain.Slice(first * size, elements * size);
        var baseSample = content.Base.Slice(first * baseSize, elements * baseSize);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength(sample.Length));
        try
        {
            var part = new ChunkContent(sample, content.Form)
            {
                Base = baseSample,
                BaseForm = content.BaseForm,
                RowLength = content.RowLength,
                FirstElement = content.FirstElement + first,
            };
            var difference = DeltaCodec.Encode(part, buffer);
            var alone = _planes.Encode(sample, content.Form, buffer);
            return difference > 0 && difference < DifferencePays * (alone == 0 ? sample.Length : alone) ? difference : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int EncodeAlone(in ChunkContent content, Span<byte> encoded, out byte codec)
    {
        var form = PlaneCodec.Suits(content.Plain.Length, content.Form) ? content.Form : Elements.ElementForm.Bytes;
        var planes = content.Plain.IsEmpty ? 0 : _planes.Encode(content.Plain, form, encoded);
        codec = planes > 0 ? PlaneCodec.Id : RawId;
        if (planes > 0)
        {
            return planes;
        }

        content.Plain.CopyTo(encoded);
        return content.Plain.Length;
    }
}
