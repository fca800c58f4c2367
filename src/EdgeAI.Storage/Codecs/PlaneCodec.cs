using System.Buffers;
using System.Buffers.Binary;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Codecs;

/// <summary>Keeps numbers as byte planes, each by what suits it: raw, coded by frequencies, or Zstandard with matches. Thread-safe.</summary>
/// <remarks>
/// Stored, little-endian: version, form; then for each plane its method (0 raw, 1 a Zstandard frame, 2 a model of frequencies and what it codes; in version 2 also 3, frequencies by place), its length
/// (4 bytes), its bytes.
/// </remarks>
internal sealed class PlaneCodec(ZstdFrames withMatches, bool searches = false)
{
    /// <summary>The number that packs know it by.</summary>
    public const byte Id = 2;

    /// <summary>The version of what it writes.</summary>
    public const byte Version = 1;

    /// <summary>The version of what a search wrote; where it found nothing, the other one is written.</summary>
    public const byte SearchedVersion = 2;

    private const byte Raw = 0;
    private const byte Zstd = 1;
    private const byte Frequencies = 2;
    private const byte Placed = 3;
    private const int ByteValues = 256;
    private const int HeaderLength = 2;
    private const int PlaneHeaderLength = 5;
    private const int SampleLength = 1 << 14;

    // Above this coding by frequencies saves less than a hundredth, and reading it back costs as much as where it saves half.
    private const double IncompressibleBits = 7.92;

    // Matches are worth looking for when they bring a sample this far under what frequencies alone would.
    private const double MatchedShare = 0.9;

    private static readonly int MaxModelLength = RansModel.MaxLength(contexts: 1, ByteValues);

    private readonly ZstdFrames _fast = ZstdFrames.OfLevel(1);

    public static bool Suits(int length, ElementForm form) => length > 0 && length % form.SizeOf() == 0;

    /// <summary>Encodes a chunk.</summary>
    /// <param name="plain">The chunk.</param>
    /// <param name="form">Its elements' form; <see cref="Suits"/> says yes to it.</param>
    /// <param name="encoded">At least as long as <paramref name="plain"/>.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink.</returns>
    public int Encode(ReadOnlySpan<byte> plain, ElementForm form, Span<byte> encoded)
    {
        var size = form.SizeOf();
        if (size == 1)
        {
            return EncodePlanes(plain, 1, form, encoded);
        }

        var planes = ArrayPool<byte>.Shared.Rent(plain.Length);
        try
        {
            BytePlanes.Split(plain, size, planes.AsSpan(0, plain.Length));
            return EncodePlanes(planes.AsSpan(0, plain.Length), size, form, encoded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(planes);
        }
    }

    /// <summary>The form of what the codec wrote; bytes of no kind where that can't be read.</summary>
    public static ElementForm ReadForm(ReadOnlySpan<byte> encoded) =>
        encoded.Length >= HeaderLength && ((ElementForm)encoded[1]).IsKnown() ? (ElementForm)encoded[1] : ElementForm.Bytes;

    /// <summary>Decodes untrusted bytes; false when they are not what the codec writes for a chunk of that length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plain)
    {
        if (encoded.Length < HeaderLength || encoded[0] is not (Version or SearchedVersion) || !((ElementForm)encoded[1]).IsKnown() || !Suits(plain.Length, (ElementForm)encoded[1]))
        {
            return false;
        }

        var size = ((ElementForm)encoded[1]).SizeOf();
        if (size == 1)
        {
            return TryDecodePlanes(encoded[HeaderLength..], 1, plain);
        }

        var planes = ArrayPool<byte>.Shared.Rent(plain.Length);
        try
        {
            if (!TryDecodePlanes(encoded[HeaderLength..], size, planes.AsSpan(0, plain.Length)))
            {
                return false;
            }

            BytePlanes.Merge(planes.AsSpan(0, plain.Length), size, plain);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(planes);
        }
    }

    private int EncodePlanes(ReadOnlySpan<byte> planes, int count, ElementForm form, Span<byte> encoded)
    {
        encoded[0] = Version;
        encoded[1] = (byte)form;
        var position = HeaderLength;
        var length = planes.Length / count;
        for (var plane = 0; plane < count; plane++)
        {
            var written = EncodePlane(planes.Slice(plane * length, length), encoded[position..]);
            if (written == 0)
            {
                return 0;
            }

            encoded[0] = encoded[position] == Placed ? SearchedVersion : encoded[0];
            position += written;
        }

        return position < planes.Length ? position : 0;
    }

    private int EncodePlane(ReadOnlySpan<byte> plane, Span<byte> encoded)
    {
        if (encoded.Length < PlaneHeaderLength + plane.Length)
        {
            // What is left is too short for the plane as it is: it must shrink, or the chunk does not.
            return 0;
        }

        var body = encoded[PlaneHeaderLength..];
        var method = Choose(plane);
        var written = method switch
        {
            Zstd => withMatches.Encode(plane, body),
            Frequencies => EncodeFrequencies(plane, body),
            _ => 0,
        };
        encoded[0] = written > 0 ? method : Raw;
        if (written == 0)
        {
            plane.CopyTo(body);
            written = plane.Length;
        }

        if (searches)
        {
            written = Search(plane, encoded, written);
        }

        BinaryPrimitives.WriteInt32LittleEndian(encoded[1..], written);
        return PlaneHeaderLength + written;
    }

    // Where runs come again a frame may be shorter though a sample said otherwise; what differs from place to place has frequencies of its own.
    private int Search(ReadOnlySpan<byte> plane, Span<byte> encoded, int written)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(plane.Length);
        try
        {
            if (encoded[0] != Zstd && Repeats.AreFound(plane) && withMatches.Encode(plane, buffer) is > 0 and var matched && matched < written)
            {
                buffer.AsSpan(0, matched).CopyTo(encoded[PlaneHeaderLength..]);
                (encoded[0], written) = (Zstd, matched);
            }

            var placed = PlacedFrequencies.Encode(plane, written, buffer);
            if (placed > 0)
            {
                buffer.AsSpan(0, placed).CopyTo(encoded[PlaneHeaderLength..]);
                (encoded[0], written) = (Placed, placed);
            }

            return written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte Choose(ReadOnlySpan<byte> plane)
    {
        var sample = plane.Slice((plane.Length - Math.Min(plane.Length, SampleLength)) / 2, Math.Min(plane.Length, SampleLength));
        var bits = ByteEntropy.BitsPerByte(sample);
        return MatchesPay(sample, bits) ? Zstd : bits < IncompressibleBits ? Frequencies : Raw;
    }

    private bool MatchesPay(ReadOnlySpan<byte> sample, double bits)
    {
        if (!Repeats.AreFound(sample))
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(SampleLength);
        try
        {
            var matched = _fast.Encode(sample, buffer);
            return matched > 0 && matched < MatchedShare * bits / 8 * sample.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int EncodeFrequencies(ReadOnlySpan<byte> plane, Span<byte> encoded)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxModelLength + RansCoder.MaxLength(plane.Length));
        try
        {
            var model = RansModel.Of(plane, [], contexts: 1, ByteValues);
            var length = model.Write(buffer);
            length += RansCoder.Encode(model, plane, [], buffer.AsSpan(length));
            if (length >= plane.Length)
            {
                return 0;
            }

            buffer.AsSpan(0, length).CopyTo(encoded);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryDecodePlanes(ReadOnlySpan<byte> encoded, int count, Span<byte> planes)
    {
        var length = planes.Length / count;
        for (var plane = 0; plane < count; plane++)
        {
            if (encoded.Length < PlaneHeaderLength)
            {
                return false;
            }

            var stored = BinaryPrimitives.ReadInt32LittleEndian(encoded[1..]);
            if (stored < 0 || stored > encoded.Length - PlaneHeaderLength
                || !TryDecodePlane(encoded[0], encoded.Slice(PlaneHeaderLength, stored), planes.Slice(plane * length, length)))
            {
                return false;
            }

            encoded = encoded[(PlaneHeaderLength + stored)..];
        }

        return encoded.IsEmpty;
    }

    private static bool TryDecodePlane(byte method, ReadOnlySpan<byte> stored, Span<byte> plane)
    {
        switch (method)
        {
            case Raw when stored.Length == plane.Length:
                stored.CopyTo(plane);
                return true;
            case Zstd:
                return ZstdFrames.TryDecode(stored, plane);
            case Frequencies:
                return RansModel.TryRead(stored, contexts: 1, ByteValues, out var length) is { } model && RansCoder.TryDecode(model, stored[length..], [], plane);
            case Placed:
                return PlacedFrequencies.TryDecode(stored, plane);
            default:
                return false;
        }
    }
}
