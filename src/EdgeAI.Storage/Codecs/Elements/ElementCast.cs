using System.Buffers;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                var halves = MemoryMarshal.Cast<byte, BFloat16>(source)[..floats.Length];
                for (var i = 0; i < halves.Length; i++)
                {
                    floats[i] = halves[i];
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromFloats(ReadOnlySpan<float> floats, Span<byte> destination, ElementForm form)
    {
        if (form == ElementForm.Float16)
        {
            TensorPrimitives.ConvertToHalf(floats, MemoryMarshal.Cast<byte, Half>(destination));
            return;
        }

        var halves = MemoryMarshal.Cast<byte, BFloat16>(destination);
        for (var i = 0; i < floats.Length; i++)
        {
            halves[i] = (BFloat16)floats[i];
        }
    }
}
