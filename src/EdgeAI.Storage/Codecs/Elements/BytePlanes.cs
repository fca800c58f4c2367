using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Splits elements into planes: all first bytes, all second bytes, … Floats are rotated by a bit first, the sign to the end, so that the last plane is the whole
/// exponent (of a binary16: the exponent and three bits of the fraction). Elements are little-endian.
/// </summary>
internal static class BytePlanes
{
    /// <summary>Splits elements of two or four bytes.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="size">The length of an element: 2 or 4.</param>
    /// <param name="planes">As long as the elements: the planes one after the other.</param>
    public static void Split(ReadOnlySpan<byte> elements, int size, Span<byte> planes)
    {
        if (size == 2)
        {
            Split(MemoryMarshal.Cast<byte, ushort>(elements), planes);
        }
        else
        {
            Split(MemoryMarshal.Cast<byte, uint>(elements), planes);
        }
    }

    /// <summary>Puts elements together again.</summary>
    /// <param name="planes">The planes one after the other.</param>
    /// <param name="size">The length of an element: 2 or 4.</param>
    /// <param name="elements">As long as the planes.</param>
    public static void Merge(ReadOnlySpan<byte> planes, int size, Span<byte> elements)
    {
        if (size == 2)
        {
            Merge(planes, MemoryMarshal.Cast<byte, ushort>(elements));
        }
        else
        {
            Merge(planes, MemoryMarshal.Cast<byte, uint>(elements));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Split(ReadOnlySpan<ushort> elements, Span<byte> planes)
    {
        var low = planes[..elements.Length];
        var high = planes.Slice(elements.Length, elements.Length);
        var i = 0;
        for (; i + Vector128<byte>.Count <= elements.Length; i += Vector128<byte>.Count)
        {
            var first = Rotate(Vector128.Create(elements[i..]));
            var second = Rotate(Vector128.Create(elements[(i + Vector128<ushort>.Count)..]));
            var mask = Vector128.Create((ushort)0xFF);
            Vector128.Narrow(first & mask, second & mask).CopyTo(low[i..]);
            Vector128.Narrow(first >>> 8, second >>> 8).CopyTo(high[i..]);
        }

        for (; i < elements.Length; i++)
        {
            var rotated = ushort.RotateLeft(elements[i], 1);
            low[i] = (byte)rotated;
            high[i] = (byte)(rotated >> 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Merge(ReadOnlySpan<byte> planes, Span<ushort> elements)
    {
        var low = planes[..elements.Length];
        var high = planes.Slice(elements.Length, elements.Length);
        var i = 0;
        for (; i + Vector128<byte>.Count <= elements.Length; i += Vector128<byte>.Count)
        {
            var (lowFirst, lowSecond) = Vector128.Widen(Vector128.Create(low[i..]));
            var (highFirst, highSecond) = Vector128.Widen(Vector128.Create(high[i..]));
            RotateBack(lowFirst | (highFirst << 8)).CopyTo(elements[i..]);
            RotateBack(lowSecond | (highSecond << 8)).CopyTo(elements[(i + Vector128<ushort>.Count)..]);
        }

        for (; i < elements.Length; i++)
        {
            elements[i] = ushort.RotateRight((ushort)(low[i] | (high[i] << 8)), 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Split(ReadOnlySpan<uint> elements, Span<byte> planes)
    {
        var count = elements.Length;
        var (step, i) = (Vector128<byte>.Count, 0);
        for (; i + step <= count; i += step)
        {
            var mask = Vector128.Create(0xFFu);
            var first = Rotate(Vector128.Create(elements[i..]));
            var second = Rotate(Vector128.Create(elements[(i + 4)..]));
            var third = Rotate(Vector128.Create(elements[(i + 8)..]));
            var fourth = Rotate(Vector128.Create(elements[(i + 12)..]));
            for (var plane = 0; plane < 4; plane++)
            {
                var shift = 8 * plane;
                var left = Vector128.Narrow((first >>> shift) & mask, (second >>> shift) & mask);
                var right = Vector128.Narrow((third >>> shift) & mask, (fourth >>> shift) & mask);
                Vector128.Narrow(left, right).CopyTo(planes[((plane * count) + i)..]);
            }
        }

        for (; i < count; i++)
        {
            var rotated = uint.RotateLeft(elements[i], 1);
            for (var plane = 0; plane < 4; plane++)
            {
                planes[(plane * count) + i] = (byte)(rotated >> (8 * plane));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Merge(ReadOnlySpan<byte> planes, Span<uint> elements)
    {
        var count = elements.Length;
        var (step, i) = (Vector128<byte>.Count, 0);
        for (; i + step <= count; i += step)
        {
            var (firstLow, secondLow) = WidenPair(planes, i, i + count);
            var (firstHigh, secondHigh) = WidenPair(planes, i + (2 * count), i + (3 * count));
            Combine(firstLow, firstHigh, elements[i..]);
            Combine(secondLow, secondHigh, elements[(i + 8)..]);
        }

        for (; i < count; i++)
        {
            var rotated = planes[i] | ((uint)planes[count + i] << 8) | ((uint)planes[(2 * count) + i] << 16) | ((uint)planes[(3 * count) + i] << 24);
            elements[i] = uint.RotateRight(rotated, 1);
        }
    }

    // Two planes of bytes as one of 16-bit numbers.
    private static (Vector128<ushort> First, Vector128<ushort> Second) WidenPair(ReadOnlySpan<byte> planes, int low, int high)
    {
        var (lowFirst, lowSecond) = Vector128.Widen(Vector128.Create(planes[low..]));
        var (highFirst, highSecond) = Vector128.Widen(Vector128.Create(planes[high..]));
        return (lowFirst | (highFirst << 8), lowSecond | (highSecond << 8));
    }

    private static void Combine(Vector128<ushort> low, Vector128<ushort> high, Span<uint> elements)
    {
        var (lowFirst, lowSecond) = Vector128.Widen(low);
        var (highFirst, highSecond) = Vector128.Widen(high);
        RotateBack(lowFirst | (highFirst << 16)).CopyTo(elements);
        RotateBack(lowSecond | (highSecond << 16)).CopyTo(elements[4..]);
    }

    private static Vector128<ushort> Rotate(Vector128<ushort> value) => (value << 1) | (value >>> 15);

    private static Vector128<ushort> RotateBack(Vector128<ushort> value) => (value >>> 1) | (value << 15);

    private static Vector128<uint> Rotate(Vector128<uint> value) => (value << 1) | (value >>> 31);

    private static Vector128<uint> RotateBack(Vector128<uint> value) => (value >>> 1) | (value << 31);
}
