using System.Collections.Concurrent;
using ZstdSharp;

namespace EdgeAI.Storage.Codecs;

/// <summary>Zstandard (RFC 8878), one frame a chunk.</summary>
internal sealed class ZstdCodec(int level) : IChunkCodec
{
    private readonly ConcurrentBag<Compressor> _compressors = [];
    private readonly ConcurrentBag<Decompressor> _decompressors = [];

    public byte Id => 1;

    public int Encode(ReadOnlySpan<byte> plain, Span<byte> encoded)
    {
        if (!_compressors.TryTake(out var compressor))
        {
            compressor = new Compressor(level);
        }

        try
        {
            // A destination one byte shorter than the chunk makes "does not shrink" the compressor's own early exit.
            return compressor.TryWrap(plain, encoded[..Math.Max(0, plain.Length - 1)], out var written) ? written : 0;
        }
        finally
        {
            _compressors.Add(compressor);
        }
    }

    public bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plain)
    {
        if (!_decompressors.TryTake(out var decompressor))
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
            _decompressors.Add(decompressor);
        }
    }
}
