namespace EdgeAI.Storage.Codecs;

/// <summary>A way to keep a chunk's bytes. Thread-safe.</summary>
internal interface IChunkCodec
{
    /// <summary>The number that packs know it by; never given to another codec.</summary>
    byte Id { get; }

    /// <summary>Encodes, if that makes the chunk smaller.</summary>
    /// <param name="plain">The chunk.</param>
    /// <param name="encoded">At least as long as <paramref name="plain"/>.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink.</returns>
    int Encode(ReadOnlySpan<byte> plain, Span<byte> encoded);

    /// <summary>Decodes untrusted bytes.</summary>
    /// <param name="encoded">What <see cref="Encode"/> wrote.</param>
    /// <param name="plain">Exactly as long as the chunk.</param>
    /// <returns>False when the bytes are not what the codec writes for a chunk of that length.</returns>
    bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plain);
}
