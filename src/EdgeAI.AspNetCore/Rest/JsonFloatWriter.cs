using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Writes floats as JSON, each with the fewest digits that read back as just that float, at a quarter of the framework's time: most responses are such numbers for their most part.</summary>
internal static class JsonFloatWriter
{
    // The longest is -1.17549435E-38 and its comma; digits are stored eight at a time, also those that a number does not have.
    private const int MaxLength = 16;
    private const int Spare = 8;
    private const int ElementsAtOnce = 256;

    // Floats are a digit, a point and eight more digits, times a power of ten within these.
    private const int Digits = 9;
    private const int MinPower = -38;
    private const int MaxPower = 38;

    // The framework writes a number plainly between these, and so do we.
    private const int MinPlainPower = -4;
    private const int MaxPlainPower = 8;

    // With nine digits before its point, a double made from a float and a rounded power of ten is less than this far from the truth: its last bit is a tenth of this.
    private const double MaxError = 1e-6;

    // For each power, what makes its numbers have nine digits before the point, and the float where they begin.
    private static readonly double[] Scales = [.. Powers.Select(power => double.Parse($"1E{Digits - 1 - power}", CultureInfo.InvariantCulture))];
    private static readonly float[] Starts = [.. Powers.Select(power => float.Parse($"1E{power}", CultureInfo.InvariantCulture)), float.PositiveInfinity];

    private static IEnumerable<int> Powers => Enumerable.Range(MinPower, MaxPower - MinPower + 1);

    /// <summary>Writes the members of an array, all or some of them.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<float> elements)
    {
        Span<byte> text = stackalloc byte[(ElementsAtOnce * MaxLength) + Spare];
        while (!elements.IsEmpty)
        {
            var count = Math.Min(elements.Length, ElementsAtOnce);
            var length = 0;
            foreach (var element in elements[..count])
            {
                length += Write(text[length..], element);
                text[length++] = (byte)',';
            }

            // To the writer they are one value; it puts the comma before it that parts it from those before.
            json.WriteRawValue(text[..(length - 1)], skipInputValidation: true);
            elements = elements[count..];
        }
    }

    private static int Write(Span<byte> text, float value)
    {
        Debug.Assert(float.IsFinite(value), "NaN and infinity are refused before.");
        var bits = BitConverter.SingleToUInt32Bits(value);
        text[0] = (byte)'-';
        var sign = (int)(bits >> 31);
        if (value == 0)
        {
            text[sign] = (byte)'0';
            return sign + 1;
        }

        if (float.IsSubnormal(value))
        {
            Utf8Formatter.TryFormat(value, text, out var written);
            return written;
        }

        var digits = Shorten(bits & int.MaxValue, out var power);
        return sign + Write(text[sign..], digits, power);
    }

    // Nine digits, the last of them zeros where fewer read back as the float too. A branch for each count of digits would cost more than to try them all: no processor could guess it.
    private static uint Shorten(uint bits, out int power)
    {
        var exponent = (int)(bits >> 23);
        var magnitude = BitConverter.UInt32BitsToSingle(bits);

        // The power of ten below the power of two, by log10(2), or the next one. The float nearest to a power of ten may lie a little below it; the rounding takes it there.
        power = ((exponent - 127) * 78913) >> 18;
        power += magnitude >= Starts[power + 1 - MinPower] ? 1 : 0;
        var scale = Scales[power - MinPower];
        var scaled = magnitude * scale;

        // All that is less than half the step between floats away reads back; below a power of two the step is half as wide.
        var half = BitConverter.Int64BitsToDouble((exponent + 1023L - 151) << 52) * scale;
        var room = ((bits & 0x7FFFFF) == 0 ? half / 2 : half) - MaxError;

        // Six digits (or fewer: then more zeros), seven, eight, nine. Nine always read back: rounding takes no more than a half, and the room is more than 1.
        var rounded = Vector256.Round(Vector256.Create(0.001, 0.01, 0.1, 1) * scaled) * Vector256.Create(1000d, 100, 10, 1);
        var isNear = Vector256.LessThan(Vector256.Abs(rounded - Vector256.Create(scaled)), Vector256.Create(room));
        return double.ConvertToIntegerNative<uint>(rounded[BitOperations.TrailingZeroCount(isNear.ExtractMostSignificantBits())]);
    }

    private static int Write(Span<byte> text, uint digits, int power)
    {
        var first = digits / 100_000_000;
        var rest = Spread(digits - (first * 100_000_000));
        var length = Digits - (BitOperations.LeadingZeroCount(rest) / 8);
        rest |= 0x3030_3030_3030_3030;
        if (power is < MinPlainPower or > MaxPlainPower)
        {
            return WriteScientific(text, first, rest, length, power);
        }

        if (power < 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(text, 0x3030_3030_3030_2E30);
            text[1 - power] = (byte)('0' + first);
            BinaryPrimitives.WriteUInt64LittleEndian(text[(2 - power)..], rest);
            return 1 - power + length;
        }

        text[0] = (byte)('0' + first);
        BinaryPrimitives.WriteUInt64LittleEndian(text[1..], rest);
        if (length <= power + 1)
        {
            return power + 1;
        }

        // The point, and once more what comes behind it.
        text[power + 1] = (byte)'.';
        BinaryPrimitives.WriteUInt64LittleEndian(text[(power + 2)..], rest >> (8 * power));
        return length + 1;
    }

    private static int WriteScientific(Span<byte> text, uint first, ulong rest, int length, int power)
    {
        text[0] = (byte)('0' + first);
        text[1] = (byte)'.';
        BinaryPrimitives.WriteUInt64LittleEndian(text[2..], rest);
        length += length > 1 ? 1 : 0;
        text[length] = (byte)'E';
        text[length + 1] = (byte)(power < 0 ? '-' : '+');
        var (tens, ones) = Math.DivRem(Math.Abs(power), 10);
        text[length + 2] = (byte)('0' + tens);
        text[length + 3] = (byte)('0' + ones);
        return length + 4;
    }

    // The eight digits of a number in a byte each, the first lowest: split in halves, all parts at once, three times.
    private static ulong Spread(uint number)
    {
        var fours = (number / 10_000) | ((ulong)(number % 10_000) << 32);
        var hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
        var twos = hundreds | ((fours - (hundreds * 100)) << 16);
        var tens = ((twos * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens | ((twos - (tens * 10)) << 8);
    }
}
