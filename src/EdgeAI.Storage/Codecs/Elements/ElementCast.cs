using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeAI.Inference;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Foretells the elements of a cast: what the base would be in another form, rounded to nearest, ties to even, as converters do. Elements are
/// little-endian, as model files hold them, and as every processor that we run on does.
/// </summary>
internal static class ElementCast
{
    /// <summary>Says whether one form can be foretold from another, by a cast or by quantisation.</summary>
    public static bool CanForetell(ElementForm from, ElementForm to) =>
        from == to || (from.IsFloat() && (to.IsFloat() || to.IsByte())) || (from.IsByte() && to.IsByte());

    /// <summary>Casts floats.</summary>
    /// <param name="source">The base's elements.</param>
    /// <param name="from">Their form.</param>
    /// <param name="destination">As many elements in the other form.</param>
    /// <param name="to">The other form; another one than <paramref name="from"/>.</param>
    public static void Cast(ReadOnlySpan<byte> source, ElementForm from, Span<byte> destination, ElementForm to)
    {
        if (to == ElementForm.Float32)
        {
            ToFloats(source, from, MemoryMarshal.Cast<byte, float>(destination));
            return;
        }

        var count = destination.Length / to.SizeOf();
        var floats = ArrayPool<float>.Shared.Rent(count);
        try
        {
            ToFloats(source, from, floats.AsSpan(0, count));
            FromFloats(floats.AsSpan(0, count), destination, to);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(floats);
        }
    }

    /// <summary>Reads floats of any form.</summary>
    public static void ToFloats(ReadOnlySpan<byte> source, ElementForm form, Span<float> floats)
    {
        switch (form)
        {
            case ElementForm.Float32:
                MemoryMarshal.Cast<byte, float>(source)[..floats.Length].CopyTo(floats);
                break;
            case ElementForm.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source)[..floats.Length], floats);
                break;
            default:
                Widen(MemoryMarshal.Cast<byte, ushort>(source)[..floats.Length], MemoryMarshal.Cast<float, uint>(floats));
                break;
        }
    }

    private static void FromFloats(ReadOnlySpan<float> floats, Span<byte> destination, ElementForm form)
    {
        if (form == ElementForm.Float16)
        {
            TensorPrimitives.ConvertToHalf(floats, MemoryMarshal.Cast<byte, Half>(destination));
        }
        else
        {
            Round(floats, MemoryMarshal.Cast<byte, ushort>(destination));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(ReadOnlySpan<ushort> source, Span<uint> floats)
    {
        var i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out var first, out var second);
            (first << 16).CopyTo(floats[i..]);
            (second << 16).CopyTo(floats[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
        {
            floats[i] = (uint)source[i] << 16;
        }
    }

    // As the conversion to BFloat16 rounds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(ReadOnlySpan<float> floats, Span<ushort> destination)
    {
        var i = 0;
        for (; i <= floats.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Narrow(Round(new Vector<float>(floats[i..])), Round(new Vector<float>(floats[(i + Vector<float>.Count)..]))).CopyTo(destination[i..]);
        }

        for (; i < floats.Length; i++)
        {
            destination[i] = ((BFloat16)floats[i]).Bits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Round(Vector<float> floats)
    {
        var bits = floats.As<float, uint>();
        var upper = bits >>> 16;
        var rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >>> 16;
        return Vector.ConditionalSelect(Vector.Equals(floats, floats).As<int, uint>(), rounded, upper | new Vector<uint>(0x40));
    }
}
