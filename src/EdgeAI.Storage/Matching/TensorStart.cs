namespace EdgeAI.Storage.Matching;

/// <summary>
/// A rolling hash of the first kilobyte of a tensor, by which it is recognised inside a file that no parser knows: a polynomial over the bytes, modulo
/// 2^64. Source: R. Karp and M. Rabin, "Efficient randomized pattern-matching algorithms", 1987.
/// </summary>
internal static class TensorStart
{
    /// <summary>How many bytes are hashed.</summary>
    public const int Window = 1024;

    private const ulong Factor = 0x9E3779B97F4A7C15;

    private static readonly ulong LastPower = Power(Window - 1);

    /// <summary>The hash of a window.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> window)
    {
        ulong hash = 0;
        foreach (var value in window)
        {
            hash = (hash * Factor) + value;
        }

        return hash;
    }

    /// <summary>Hashes the first bytes of a tensor.</summary>
    /// <param name="source">A stream that can seek; its position moves.</param>
    /// <param name="offset">Where the tensor begins; it has at least <see cref="Window"/> bytes.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>0 when the bytes are all the same: such a run is in every file, and says nothing.</returns>
    public static async ValueTask<ulong> ReadAsync(Stream source, long offset, CancellationToken cancellationToken)
    {
        var window = new byte[Window];
        source.Position = offset;
        await source.ReadExactlyAsync(window, cancellationToken).ConfigureAwait(false);
        return window.AsSpan().IndexOfAnyExcept(window[0]) < 0 ? 0 : HashOf(window);
    }

    /// <summary>The hash of the window one byte on.</summary>
    public static ulong Roll(ulong hash, byte leaving, byte entering) => ((hash - (leaving * LastPower)) * Factor) + entering;

    private static ulong Power(int exponent)
    {
        ulong power = 1;
        for (; exponent > 0; exponent--)
        {
            power *= Factor;
        }

        return power;
    }
}
