using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Differences between elements in the order of numbers: floats as the integers that count them, from the most negative up, so that neighbours differ by
/// one. Small and large, positive and negative differences are folded into one count from zero. Elements are little-endian.
/// </summary>
internal static class ElementDifference
{
    /// <summary>How many contexts there are.</summary>
    public const int Contexts = 32;

    private const int LastContext = Contexts - 1;

    /// <summary>The largest exponent among floats; 0 for other elements.</summary>
    public static byte LargestExponent(ReadOnlySpan<byte> elements, ElementForm form)
    {
        var (shift, mask) = ExponentOf(form);
        return form.SizeOf() switch
        {
            4 => (byte)Largest(MemoryMarshal.Cast<byte, uint>(elements), shift, (uint)mask),
            2 => (byte)Largest(MemoryMarshal.Cast<byte, ushort>(elements), shift, (ushort)mask),
            _ => 0,
        };
    }

    /// <summary>The context of each element: how many powers of two its base lies under the largest.</summary>
    public static void FindContexts(ReadOnlySpan<byte> baseline, ElementForm form, byte top, Span<byte> contexts)
    {
        var (shift, mask) = ExponentOf(form);
        switch (form.SizeOf())
        {
            case 4:
                FindContexts(MemoryMarshal.Cast<byte, int>(baseline)[..contexts.Length], shift, mask, top, contexts);
                break;
            case 2:
                FindContexts(MemoryMarshal.Cast<byte, short>(baseline)[..contexts.Length], shift, (short)mask, top, contexts);
                break;
            default:
                contexts.Clear();
                break;
        }
    }

    /// <summary>Subtracts the base.</summary>
    public static void Subtract(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> baseline, ElementForm form, Span<uint> values)
    {
        switch (form.SizeOf())
        {
            case 4:
                Subtract(MemoryMarshal.Cast<byte, int>(plain)[..values.Length], MemoryMarshal.Cast<byte, int>(baseline)[..values.Length], values);
                break;
            case 2:
                Subtract(MemoryMarshal.Cast<byte, short>(plain)[..values.Length], MemoryMarshal.Cast<byte, short>(baseline)[..values.Length], values);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Fold((sbyte)(plain[i] - baseline[i]));
                }

                break;
        }
    }

    /// <summary>Adds folded differences to the base.</summary>
    public static void Add(ReadOnlySpan<byte> baseline, ReadOnlySpan<uint> values, ElementForm form, Span<byte> plain)
    {
        switch (form.SizeOf())
        {
            case 4:
                Add(MemoryMarshal.Cast<byte, int>(baseline)[..values.Length], values, MemoryMarshal.Cast<byte, int>(plain)[..values.Length]);
                break;
            case 2:
                Add(MemoryMarshal.Cast<byte, short>(baseline)[..values.Length], values, MemoryMarshal.Cast<byte, short>(plain)[..values.Length]);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    plain[i] = (byte)(baseline[i] + Unfold(values[i]));
                }

                break;
        }
    }

    private static (int Shift, int Mask) ExponentOf(ElementForm form) => form switch
    {
        ElementForm.Float32 => (23, 0xFF),
        ElementForm.BFloat16 => (7, 0xFF),
        ElementForm.Float16 => (10, 0x1F),
        _ => (0, 0),
    };

    // The exponents of numbers are in the order of their magnitudes, so the largest magnitude has the largest exponent.
    private static T Largest<T>(ReadOnlySpan<T> bits, int shift, T mask)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var magnitude = (mask << shift) | ((T.One << shift) - T.One);
        var largest = Vector<T>.Zero;
        var i = 0;
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            largest = Vector.Max(largest, new Vector<T>(bits[i..]) & new Vector<T>(magnitude));
        }

        var result = T.Zero;
        for (var lane = 0; lane < Vector<T>.Count; lane++)
        {
            result = T.Max(result, largest[lane]);
        }

        for (; i < bits.Length; i++)
        {
            result = T.Max(result, bits[i] & magnitude);
        }

        return result >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FindContexts(ReadOnlySpan<int> bits, int shift, int mask, byte top, Span<byte> contexts)
    {
        var i = 0;
        for (; i <= bits.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var first = Vector.Narrow(ContextOf(bits, i, shift, mask, top), ContextOf(bits, i + Vector<int>.Count, shift, mask, top));
            var second = Vector.Narrow(ContextOf(bits, i + (2 * Vector<int>.Count), shift, mask, top), ContextOf(bits, i + (3 * Vector<int>.Count), shift, mask, top));
            Vector.Narrow(first.As<short, ushort>(), second.As<short, ushort>()).CopyTo(contexts[i..]);
        }

        for (; i < bits.Length; i++)
        {
            contexts[i] = (byte)Math.Clamp(top - ((bits[i] >> shift) & mask), 0, LastContext);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FindContexts(ReadOnlySpan<short> bits, int shift, short mask, byte top, Span<byte> contexts)
    {
        var i = 0;
        for (; i <= bits.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var (first, second) = (ContextOf(bits, i, shift, mask, top), ContextOf(bits, i + Vector<short>.Count, shift, mask, top));
            Vector.Narrow(first.As<short, ushort>(), second.As<short, ushort>()).CopyTo(contexts[i..]);
        }

        for (; i < bits.Length; i++)
        {
            contexts[i] = (byte)Math.Clamp(top - ((bits[i] >> shift) & mask), 0, LastContext);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> ContextOf<T>(ReadOnlySpan<T> bits, int i, int shift, T mask, byte top)
        where T : unmanaged, IBinaryInteger<T>
    {
        var exponents = (new Vector<T>(bits[i..]) >> shift) & new Vector<T>(mask);
        return Vector.Min(Vector.Max(new Vector<T>(T.CreateTruncating(top)) - exponents, Vector<T>.Zero), new Vector<T>(T.CreateTruncating(LastContext)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(ReadOnlySpan<int> plain, ReadOnlySpan<int> baseline, Span<uint> values)
    {
        var i = 0;
        for (; i <= values.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var difference = Order(new Vector<int>(plain[i..])) - Order(new Vector<int>(baseline[i..]));
            ((difference << 1) ^ (difference >> 31)).As<int, uint>().CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = Fold(Order(plain[i]) - Order(baseline[i]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(ReadOnlySpan<short> plain, ReadOnlySpan<short> baseline, Span<uint> values)
    {
        var i = 0;
        for (; i <= values.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            var difference = Order(new Vector<short>(plain[i..])) - Order(new Vector<short>(baseline[i..]));
            Vector.Widen(((difference << 1) ^ (difference >> 15)).As<short, ushort>(), out var first, out var second);
            first.CopyTo(values[i..]);
            second.CopyTo(values[(i + Vector<uint>.Count)..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = Fold((short)(Order(plain[i]) - Order(baseline[i])));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<int> baseline, ReadOnlySpan<uint> values, Span<int> plain)
    {
        var i = 0;
        for (; i <= values.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var value = new Vector<uint>(values[i..]);
            var difference = (value >>> 1).As<uint, int>() ^ -(value & Vector<uint>.One).As<uint, int>();
            Disorder(Order(new Vector<int>(baseline[i..])) + difference).CopyTo(plain[i..]);
        }

        for (; i < values.Length; i++)
        {
            plain[i] = Disorder(Order(baseline[i]) + Unfold(values[i]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<short> baseline, ReadOnlySpan<uint> values, Span<short> plain)
    {
        var i = 0;
        for (; i <= values.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            var (first, second) = (new Vector<uint>(values[i..]), new Vector<uint>(values[(i + Vector<uint>.Count)..]));
            var half = Vector.Narrow(first >>> 1, second >>> 1).As<ushort, short>();
            var sign = Vector.Narrow(first & Vector<uint>.One, second & Vector<uint>.One).As<ushort, short>();
            Disorder(Order(new Vector<short>(baseline[i..])) + (half ^ -sign)).CopyTo(plain[i..]);
        }

        for (; i < values.Length; i++)
        {
            plain[i] = Disorder((short)(Order(baseline[i]) + Unfold(values[i])));
        }
    }

    private static uint Fold(int difference) => ((uint)difference << 1) ^ (uint)(difference >> 31);

    private static int Unfold(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    private static int Order(int bits) => bits ^ ((bits >> 31) | int.MinValue);

    private static int Disorder(int order) => order ^ (~(order >> 31) | int.MinValue);

    private static short Order(short bits) => (short)(bits ^ ((bits >> 15) | short.MinValue));

    private static short Disorder(short order) => (short)(order ^ (~(order >> 15) | short.MinValue));

    private static Vector<int> Order(Vector<int> bits) => bits ^ ((bits >> 31) | new Vector<int>(int.MinValue));

    private static Vector<int> Disorder(Vector<int> order) => order ^ (~(order >> 31) | new Vector<int>(int.MinValue));

    private static Vector<short> Order(Vector<short> bits) => bits ^ ((bits >> 15) | new Vector<short>(short.MinValue));

    private static Vector<short> Disorder(Vector<short> order) => order ^ (~(order >> 15) | new Vector<short>(short.MinValue));
}
