namespace EdgeAI.Storage.Codecs;

/// <summary>Keeps the bytes as they are: for what won't shrink.</summary>
internal sealed class RawCodec : IChunkCodec
{
    public byte Id => 0;

    public int Encode(ReadOnlySpan<byte> plain, Span<byte> encoded)
    {
        plain.CopyTo(encoded);
        return plain.Length;
    }

    public bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plain)
    {
        if (encoded.Length != plain.Length)
        {
            return false;
        }

        encoded.CopyTo(plain);
        return true;
    }
}
