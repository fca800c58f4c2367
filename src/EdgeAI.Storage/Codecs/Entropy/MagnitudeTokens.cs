using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>
/// Splits a number into a token, which says how large it is and is worth coding by its frequency, and further bits, which are not. Numbers under 16 are
/// tokens of their own; above, a token for each half of each power of two. All of it without branches: in a run of numbers none could be predicted.
/// </summary>
internal static class MagnitudeTokens
{
    /// <summary>Tokens are less than this; not all of these are one.</summary>
    public const int Count = 128;

    /// <summary>How many tokens are looked at together.</summary>
    public const int RunLength = 16;

    private const int Direct = 16;
    private const int DirectBits = 4;

    /// <summary>The tokens of numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="tokens">As many tokens.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Find(ReadOnlySpan<uint> values, Span<byte> tokens)
    {
        var i = 0;
        for (; i <= values.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var first = Vector.Narrow(TokensOf(values[i..]), TokensOf(values[(i + Vector<uint>.Count)..]));
            var second = Vector.Narrow(TokensOf(values[(i + (2 * Vector<uint>.Count))..]), TokensOf(values[(i + (3 * Vector<uint>.Count))..]));
            Vector.Narrow(first, second).CopyTo(tokens[i..]);
        }

        for (; i < values.Length; i++)
        {
            tokens[i] = TokenOf(values[i]);
        }
    }

    /// <summary>Which tokens of a run, by bit, stand for more than one number. Most do not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FindLarge(ReadOnlySpan<byte> run) =>
        Vector128.GreaterThan(Vector128.Create(run), Vector128.Create((byte)(Direct - 1))).ExtractMostSignificantBits();

    /// <summary>The numbers of a run of tokens that each stand for one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> run, Span<uint> values)
    {
        var (low, high) = Vector128.Widen(Vector128.Create(run));
        var ((first, second), (third, fourth)) = (Vector128.Widen(low), Vector128.Widen(high));
        first.CopyTo(values);
        second.CopyTo(values[Vector128<uint>.Count..]);
        third.CopyTo(values[(2 * Vector128<uint>.Count)..]);
        fourth.CopyTo(values[(3 * Vector128<uint>.Count)..]);
    }

    /// <summary>The token of a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte TokenOf(uint value)
    {
        var log = BitOperations.Log2(value | Direct);
        var large = Direct + (2 * (log - DirectBits)) + (int)((value >> (log - 1)) & 1);
        return (byte)Select(((long)value - Direct) >> 63, (int)value, large);
    }

    /// <summary>How many further bits a token has; at most 31, whatever the token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ExtraBits(int token)
    {
        var large = (((token - Direct) >> 1) + DirectBits - 1) & 31;
        return Select((token - Direct) >> 31, 0, large);
    }

    /// <summary>The smallest number of a token; the further bits are added to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint BaseOf(int token)
    {
        var large = (2 | (token & 1)) << (((token - Direct) >> 1) + DirectBits - 1);
        return (uint)Select((token - Direct) >> 31, token, large);
    }

    // A float's exponent and the first bit of its fraction, read together, count halves of powers of two. Numbers of more bits than a fraction holds are
    // looked at without their last byte: they must not be rounded up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> TokensOf(ReadOnlySpan<uint> values)
    {
        var value = new Vector<uint>(values);
        var isLong = Vector.GreaterThan(value, new Vector<uint>(0xFF_FFFF));
        var held = Vector.ConditionalSelect(isLong, value >>> 8, value);
        var halves = Vector.ConvertToSingle(held.As<uint, int>()).As<float, uint>() >>> 22;
        var large = halves - new Vector<uint>((2 * (127 + DirectBits)) - Direct) + (isLong & new Vector<uint>(2 * 8));
        return Vector.ConditionalSelect(Vector.LessThan(value, new Vector<uint>(Direct)), value, large);
    }

    // The mask is all ones for the first, zero for the second.
    private static int Select(long mask, int first, int second) => second ^ ((first ^ second) & (int)mask);
}
