namespace EdgeAI.Storage.Codecs;

/// <summary>Keeps bytes of no kind (a graph, a header, small tensors) as what differs from another chunk, wherever in it they stood. Thread-safe.</summary>
/// <remarks>Stored: version; a Zstandard frame that has the other chunk as its prefix.</remarks>
internal static class PrefixCodec
{
    /// <summary>The number that packs know it by.</summary>
    public const byte Id = 4;

    /// <summary>The version of what it writes.</summary>
    public const byte Version = 1;

    private const int HeaderLength = 1;

    /// <summary>Encodes a chunk.</summary>
    /// <param name="plain">The chunk.</param>
    /// <param name="baseline">The chunk that it resembles.</param>
    /// <param name="encoded">Where it goes; what does not fit is not encoded.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink, or does not fit.</returns>
    public static int Encode(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> baseline, Span<byte> encoded)
    {
        if (encoded.Length <= HeaderLength)
        {
            return 0;
        }

        var written = PrefixFrames.Encode(plain, baseline, encoded[HeaderLength..]);
        encoded[0] = Version;
        return written == 0 ? 0 : HeaderLength + written;
    }

    /// <summary>Decodes untrusted bytes; false when they are not what the codec writes for a chunk of that length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> baseline, Span<byte> plain) =>
        encoded.Length > HeaderLength
        && encoded[0] == Version
        && PrefixFrames.TryDecode(encoded[HeaderLength..], baseline, plain);
}
