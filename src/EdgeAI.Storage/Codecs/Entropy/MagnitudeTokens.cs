using System.Numerics;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>
/// Splits a number into a token, which says how large it is and is worth coding by its frequency, and further bits, which are not. Numbers under 16 are
/// tokens of their own; above, a token for each half of each power of two.
/// </summary>
internal static class MagnitudeTokens
{
    private const int Direct = 16;
    private const int DirectBits = 4;

    /// <summary>The token of a number.</summary>
    public static byte TokenOf(uint value)
    {
        if (value < Direct)
        {
            return (byte)value;
        }

        var log = BitOperations.Log2(value);
        return (byte)(Direct + (2 * (log - DirectBits)) + ((value >> (log - 1)) & 1));
    }

    /// <summary>How many further bits a token has.</summary>
    public static int ExtraBits(int token) => token < Direct ? 0 : ((token - Direct) >> 1) + DirectBits - 1;

    /// <summary>The smallest number of a token; the further bits are added to it.</summary>
    public static uint BaseOf(int token) => token < Direct
        ? (uint)token
        : (2u | ((uint)(token - Direct) & 1)) << (((token - Direct) >> 1) + DirectBits - 1);
}
