using System.Globalization;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>
/// Reads arrays of numbers into <see cref="float"/>, each rounded to the nearest one as <see cref="float.Parse(string)"/> does, at a fifth of the time that tokens take: most requests are such arrays for their most part.
/// </summary>
internal static class JsonFloats
{
    // Of so many digits a mantissa fits into 64 bits, and so large powers of ten are whole in a double.
    private const int MaxDigits = 19;
    private const int MaxPower = 22;

    // What a double has more than a float, in bits.
    private const int ExtraBits = 29;
    private const long Half = 1L << (ExtraBits - 1);

    // Made from a rounded mantissa and one division or multiplication, a double is less than this far from what the text says, in units of its last bit.
    private const long MaxError = 2;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads the numbers of one array.</summary>
    /// <param name="json">What comes after the opening bracket.</param>
    /// <param name="elements">Takes the numbers.</param>
    /// <param name="length">How many bytes come before the closing bracket.</param>
    /// <returns>False when there are not just so many numbers, all finite: then a reader says what is wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, Span<float> elements, out int length)
    {
        var at = 0;
        for (var i = 0; i < elements.Length; i++)
        {
            SkipSpace(json, ref at);
            if (!TryReadNumber(json, ref at, out elements[i]))
            {
                length = 0;
                return false;
            }

            SkipSpace(json, ref at);
            if (i < elements.Length - 1 && At(json, at++) != ',')
            {
                length = 0;
                return false;
            }
        }

        length = at;
        return elements.Length > 0 && At(json, at) == ']';
    }

    private static byte At(ReadOnlySpan<byte> json, int at) => at < json.Length ? json[at] : (byte)0;

    private static void SkipSpace(ReadOnlySpan<byte> json, ref int at)
    {
        while (At(json, at) is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> json, ref int at, out float value)
    {
        var start = at;
        var isNegative = At(json, at) == '-';
        at += isNegative ? 1 : 0;
        var (mantissa, first) = (0UL, at);
        ReadDigits(json, ref at, ref mantissa);
        var digits = at - first;
        var isNumber = digits > 0 && (digits == 1 || json[first] != '0');
        var power = 0;
        if (At(json, at) == '.')
        {
            var point = ++at;
            ReadDigits(json, ref at, ref mantissa);
            power = point - at;
            digits -= power;
            isNumber &= power < 0;
        }

        isNumber &= TryReadPower(json, ref at, ref power);
        if (isNumber && digits <= MaxDigits && TryMake(mantissa, power, out value))
        {
            value = isNegative ? -value : value;
            return true;
        }

        value = 0;
        return isNumber && float.TryParse(json[start..at], NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
    }

    private static void ReadDigits(ReadOnlySpan<byte> json, ref int at, ref ulong mantissa)
    {
        for (; at < json.Length && (uint)(json[at] - '0') is <= 9 and var digit; at++)
        {
            mantissa = (mantissa * 10) + digit;
        }
    }

    private static bool TryReadPower(ReadOnlySpan<byte> json, ref int at, ref int power)
    {
        if ((At(json, at) | 0x20) != 'e')
        {
            return true;
        }

        at++;
        var isNegative = At(json, at) == '-';
        at += isNegative || At(json, at) == '+' ? 1 : 0;
        var (first, shown) = (at, 0UL);
        ReadDigits(json, ref at, ref shown);

        // One of many digits goes to the parser, which knows how to read it.
        power = at - first > 4 ? int.MaxValue : power + (isNegative ? -(int)shown : (int)shown);
        return at > first;
    }

    private static bool TryMake(ulong mantissa, int power, out float value)
    {
        value = 0;
        if (mantissa == 0)
        {
            return true;
        }

        if (power is < -MaxPower or > MaxPower)
        {
            return false;
        }

        var near = power < 0 ? mantissa / PowersOfTen[-power] : mantissa * PowersOfTen[power];

        // Which of two floats is nearer is in doubt only where the double lies between them, and may lie on either side.
        var rest = BitConverter.DoubleToInt64Bits(near) & ((1L << ExtraBits) - 1);
        value = (float)near;
        return Math.Abs(rest - Half) > MaxError && value is >= 1.17549435E-38f and <= float.MaxValue;
    }
}
