using System.Collections.Concurrent;
using ZstdSharp;

namespace EdgeAI.Storage.Codecs;

/// <summary>Zstandard frames (RFC 8878). Thread-safe; it keeps a coder for each thread that works at once.</summary>
internal sealed class ZstdFrames(Func<Compressor> make)
{
    private static readonly ConcurrentBag<Decompressor> Decompressors = [];

    private readonly ConcurrentBag<Compressor> _compressors = [];

    /// <summary>Frames of a level.</summary>
    public static ZstdFrames OfLevel(int level) => new(() => new Compressor(level));

    /// <summary>Compresses, if that makes the bytes fewer.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="encoded">At least as long as <paramref name="plain"/>.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink.</returns>
    public int Encode(ReadOnlySpan<byte> plain, Span<byte> encoded)
    {
        if (!_compressors.TryTake(out var compressor))
        {
            compressor = make();
        }

        try
        {
            // A destination one byte shorter than the source makes "does not shrink" the compressor's own early exit.
            return compressor.TryWrap(plain, encoded[..Math.Max(0, plain.Length - 1)], out var written) ? written : 0;
        }
        finally
        {
            _compressors.Add(compressor);
        }
    }

    /// <summary>Decompresses untrusted bytes; false when they are no frame of exactly that length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plain)
    {
        if (!Decompressors.TryTake(out var decompressor))
        {
            decompressor = new Decompressor();
        }

        try
        {
            return decompressor.TryUnwrap(encoded, plain, out var written) && written == plain.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
        finally
        {
            Decompressors.Add(decompressor);
        }
    }
}
