namespace EdgeAI.Storage.Codecs;

/// <summary>The codecs of a store, and the choice between them.</summary>
internal sealed class ChunkCodecs(int compressionLevel)
{
    private readonly RawCodec _raw = new();
    private readonly ZstdCodec _zstd = new(compressionLevel);

    /// <summary>Encodes a chunk by what suits it.</summary>
    /// <param name="plain">The chunk.</param>
    /// <param name="encoded">At least as long as <paramref name="plain"/>.</param>
    /// <param name="codec">The codec that was used.</param>
    /// <returns>How many bytes were written.</returns>
    public int Encode(ReadOnlySpan<byte> plain, Span<byte> encoded, out byte codec)
    {
        var written = _zstd.Encode(plain, encoded);
        codec = written > 0 ? _zstd.Id : _raw.Id;
        return written > 0 ? written : _raw.Encode(plain, encoded);
    }

    /// <summary>Decodes a chunk; false when the codec is unknown or the bytes are not its.</summary>
    public bool TryDecode(byte codec, ReadOnlySpan<byte> encoded, Span<byte> plain) =>
        codec == _raw.Id ? _raw.TryDecode(encoded, plain)
        : codec == _zstd.Id && _zstd.TryDecode(encoded, plain);
}
