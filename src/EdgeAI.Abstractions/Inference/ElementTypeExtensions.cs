using System.Numerics;

namespace EdgeAI.Inference;

/// <summary>Facts about element types.</summary>
public static class ElementTypeExtensions
{
    /// <summary>The size of one element in bits; 0 for <see cref="ElementType.String"/>, whose size is not fixed.</summary>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
    public static int GetBits(this ElementType type) => type switch
    {
        ElementType.String => 0,
        ElementType.UInt2 or ElementType.Int2 => 2,
        ElementType.UInt4 or ElementType.Int4 or ElementType.Float4E2M1 => 4,
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool or ElementType.Float8E4M3FN or ElementType.Float8E4M3FNUZ
            or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ or ElementType.Float8E8M0 => 8,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 32,
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 64,
        ElementType.Complex128 => 128,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
    };

    /// <summary>The bytes that a tensor takes; elements of less than a byte are packed over the whole tensor, the last byte filled up.</summary>
    /// <param name="type">The element type, not <see cref="ElementType.String"/>.</param>
    /// <param name="elements">How many elements, 0 or more.</param>
    /// <exception cref="OverflowException">The result is more than a <see cref="long"/> holds.</exception>
    public static long GetByteCount(this ElementType type, long elements)
    {
        var bits = type.GetBits();
        return bits >= 8 ? checked(elements * (bits / 8)) : checked((elements * bits) + 7) / 8;
    }

    /// <summary>The element type that a .NET type stands for; null when it stands for none.</summary>
    /// <typeparam name="T">Such as <see cref="float"/> or <see cref="Half"/>.</typeparam>
    public static ElementType? Of<T>() =>
        typeof(T) == typeof(float) ? ElementType.Float32
        : typeof(T) == typeof(long) ? ElementType.Int64
        : typeof(T) == typeof(int) ? ElementType.Int32
        : typeof(T) == typeof(byte) ? ElementType.UInt8
        : typeof(T) == typeof(Half) ? ElementType.Float16
        : typeof(T) == typeof(BFloat16) ? ElementType.BFloat16
        : typeof(T) == typeof(double) ? ElementType.Float64
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : typeof(T) == typeof(sbyte) ? ElementType.Int8
        : typeof(T) == typeof(short) ? ElementType.Int16
        : typeof(T) == typeof(ushort) ? ElementType.UInt16
        : typeof(T) == typeof(uint) ? ElementType.UInt32
        : typeof(T) == typeof(ulong) ? ElementType.UInt64
        : typeof(T) == typeof(Complex) ? ElementType.Complex128
        : typeof(T) == typeof(string) ? ElementType.String
        : null;

    /// <summary>The name as the field writes it: <c>float32</c>, <c>bfloat16</c>, <c>int64</c>, …</summary>
    /// <param name="type">The element type.</param>
    public static string ToDisplayName(this ElementType type) => type.ToString().ToLowerInvariant();
}
