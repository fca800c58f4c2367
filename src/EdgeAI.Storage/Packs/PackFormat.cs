using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>
/// A pack on disk, little-endian: a header of 16 bytes (magic, version); the stored bytes of the chunks; the index, 96 bytes a chunk
/// (digest, offset, stored length, plain length, codec, depth, two zeros, base, the base's length, the last three zero without a base; XXH3 of the plain bytes); a trailer of 56 bytes (index offset, count, zero, SHA-256 of the index, magic). The
/// pack's name is the SHA-256 of all of it.
/// </summary>
internal static class PackFormat
{
    public const int HeaderLength = 16;
    public const int EntryLength = 96;
    public const int TrailerLength = 56;

    /// <summary>A pack is closed when its chunks reach this size, so that it can be moved and rewritten in one go.</summary>
    public const long TargetLength = 64L << 20;

    /// <summary>The largest chunk that is read.</summary>
    public const int MaxChunkLength = 16 << 20;

    // The index is read into one array.
    private const int MaxCount = int.MaxValue / EntryLength;

    private const uint Version = 1;

    private static ReadOnlySpan<byte> HeaderMagic => "EDGEPACK"u8;

    private static ReadOnlySpan<byte> TrailerMagic => "KCAPEGDE"u8;

    public static string KeyOf(Digest pack) => $"packs/{pack.Hex}.pack";

    /// <summary>How long a pack of these chunks is.</summary>
    public static long LengthOf(IEnumerable<PackEntry> entries) =>
        HeaderLength + TrailerLength + entries.Sum(entry => (long)entry.StoredLength + EntryLength);

    public static void WriteHeader(Span<byte> header)
    {
        header.Clear();
        HeaderMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
    }

    public static bool IsHeaderIntact(ReadOnlySpan<byte> header)
    {
        Span<byte> intact = stackalloc byte[HeaderLength];
        WriteHeader(intact);
        return header.SequenceEqual(intact);
    }

    public static void WriteEntry(Span<byte> destination, in PackEntry entry)
    {
        destination.Clear();
        entry.Chunk.CopyTo(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], entry.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], entry.StoredLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], entry.Length);
        destination[48] = entry.Codec;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[88..], entry.Checksum);
        if (entry.Base is { } baseline)
        {
            destination[49] = baseline.Depth;
            baseline.Chunk.CopyTo(destination[52..]);
            BinaryPrimitives.WriteInt32LittleEndian(destination[84..], baseline.Length);
        }
    }

    public static PackEntry ReadEntry(ReadOnlySpan<byte> source) => new(
        new Digest(source[..Digest.Size]),
        BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[40..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[44..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[88..]),
        source[48],
        source[49] == 0 ? null : new ChunkBase(new Digest(source.Slice(52, Digest.Size)), BinaryPrimitives.ReadInt32LittleEndian(source[84..]), source[49]));

    public static void WriteTrailer(Span<byte> trailer, long indexOffset, ReadOnlySpan<byte> index)
    {
        trailer.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(trailer, indexOffset);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], index.Length / EntryLength);
        SHA256.HashData(index, trailer[16..]);
        TrailerMagic.CopyTo(trailer[48..]);
    }

    /// <summary>Reads where the index is; false when this is no pack of ours, or one cut short.</summary>
    public static bool TryReadTrailer(ReadOnlySpan<byte> trailer, long packLength, out long indexOffset, out int count)
    {
        indexOffset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        count = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        return trailer[48..].SequenceEqual(TrailerMagic)
            && trailer[12..16].IndexOfAnyExcept((byte)0) < 0
            && indexOffset >= HeaderLength
            && count is >= 0 and <= MaxCount
            && indexOffset + ((long)count * EntryLength) + TrailerLength == packLength;
    }

    public static bool IsIndexIntact(ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> index) =>
        trailer.Slice(16, Digest.Size).SequenceEqual(SHA256.HashData(index));
}
