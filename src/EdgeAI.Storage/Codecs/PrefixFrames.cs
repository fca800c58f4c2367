using ZstdSharp;
using ZstdSharp.Unsafe;

namespace EdgeAI.Storage.Codecs;

/// <summary>
/// Zstandard frames (RFC 8878) of bytes that resemble others, which stand before them as if the frame had begun with them: what the two share costs a few bytes.
/// Thread-safe.
/// </summary>
internal static unsafe class PrefixFrames
{
    // Shared runs are found at every level; the higher ones find the shorter of them too. What is kept so is short, and rare.
    private const int Level = 12;

    // What reads may be as far back as a window is long; it must reach from the last byte to the prefix's first.
    private const int MinWindowLog = 10;
    private const int MaxWindowLog = 27;

    /// <summary>Compresses, if that makes the bytes fewer.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="prefix">What they resemble; may be empty. Not the same memory: the compressor tells the two apart by where they lie.</param>
    /// <param name="encoded">Where the frame goes.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink, or does not fit.</returns>
    public static int Encode(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> prefix, Span<byte> encoded)
    {
        var context = Methods.ZSTD_createCCtx();
        try
        {
            var window = Math.Clamp((int)Math.Ceiling(Math.Log2((double)plain.Length + prefix.Length + 1)), MinWindowLog, MaxWindowLog);
            Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_compressionLevel, Level));
            Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_windowLog, window));
            fixed (byte* source = plain, start = prefix, destination = encoded)
            {
                Require(Methods.ZSTD_CCtx_refPrefix(context, start, (nuint)prefix.Length));
                var written = Methods.ZSTD_compress2(context, destination, (nuint)Math.Min(encoded.Length, Math.Max(0, plain.Length - 1)), source, (nuint)plain.Length);
                return Methods.ZSTD_isError(written) ? 0 : (int)written;
            }
        }
        finally
        {
            Methods.ZSTD_freeCCtx(context);
        }
    }

    /// <summary>Decompresses untrusted bytes; false when they are no frame of exactly that length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> prefix, Span<byte> plain)
    {
        var context = Methods.ZSTD_createDCtx();
        try
        {
            fixed (byte* source = encoded, start = prefix, destination = plain)
            {
                // A prefix is bytes and nothing else: one that begins like a dictionary must not be read as one.
                Require(Methods.ZSTD_DCtx_refPrefix(context, start, (nuint)prefix.Length));
                var written = Methods.ZSTD_decompressDCtx(context, destination, (nuint)plain.Length, source, (nuint)encoded.Length);
                return !Methods.ZSTD_isError(written) && written == (nuint)plain.Length;
            }
        }
        finally
        {
            Methods.ZSTD_freeDCtx(context);
        }
    }

    private static void Require(nuint result)
    {
        if (Methods.ZSTD_isError(result))
        {
            throw new ZstdException(Methods.ZSTD_getErrorCode(result), "Zstandard can't begin: " + Methods.ZSTD_getErrorName(result));
        }
    }
}
