namespace EdgeAI.Inference;

/// <summary>The type of a tensor's elements. Values and names follow <c>TensorProto.DataType</c> of the ONNX specification.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32; <see cref="float"/>.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8 bits; <see cref="byte"/>.</summary>
    UInt8 = 2,

    /// <summary>Signed 8 bits; <see cref="sbyte"/>.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16 bits; <see cref="ushort"/>.</summary>
    UInt16 = 4,

    /// <summary>Signed 16 bits; <see cref="short"/>.</summary>
    Int16 = 5,

    /// <summary>Signed 32 bits; <see cref="int"/>.</summary>
    Int32 = 6,

    /// <summary>Signed 64 bits; <see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>Text; <see cref="string"/>, UTF-8 inside the model.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1; <see cref="bool"/>.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16; <see cref="Half"/>.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64; <see cref="double"/>.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32 bits; <see cref="uint"/>.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64 bits; <see cref="ulong"/>.</summary>
    UInt64 = 13,

    /// <summary>Two <see cref="Float32"/>; as raw bytes.</summary>
    Complex64 = 14,

    /// <summary>Two <see cref="Float64"/>; <see cref="System.Numerics.Complex"/>.</summary>
    Complex128 = 15,

    /// <summary>The upper half of binary32; <see cref="Inference.BFloat16"/>.</summary>
    BFloat16 = 16,

    /// <summary>8-bit float, 4 exponent bits, finite with NaN; as raw bytes.</summary>
    Float8E4M3FN = 17,

    /// <summary>8-bit float, 4 exponent bits, no negative zero; as raw bytes.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8-bit float, 5 exponent bits; as raw bytes.</summary>
    Float8E5M2 = 19,

    /// <summary>8-bit float, 5 exponent bits, finite, no negative zero; as raw bytes.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>Unsigned 4 bits, two to a byte, the first in the low half; as raw bytes.</summary>
    UInt4 = 21,

    /// <summary>Signed 4 bits, two to a byte, the first in the low half; as raw bytes.</summary>
    Int4 = 22,

    /// <summary>4-bit float, two to a byte, the first in the low half; as raw bytes.</summary>
    Float4E2M1 = 23,

    /// <summary>8-bit power of two; as raw bytes.</summary>
    Float8E8M0 = 24,

    /// <summary>Unsigned 2 bits, four to a byte, the first lowest; as raw bytes.</summary>
    UInt2 = 25,

    /// <summary>Signed 2 bits, four to a byte, the first lowest; as raw bytes.</summary>
    Int2 = 26,
}
