using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Tensors over the bytes of a request.</summary>
internal static class RawTensor
{
    /// <summary>A tensor over bytes, which are not copied unless they are strings.</summary>
    /// <exception cref="ProtocolException">The bytes are not what shape and type say.</exception>
    public static TensorValue Create(string name, ElementType type, ReadOnlyMemory<byte> data, ReadOnlySpan<long> shape, int elements)
    {
        if (type == ElementType.String)
        {
            return TensorValue.Create(StringTensors.Read(name, data.Span, elements), shape);
        }

        if (type.GetByteCount(elements) != data.Length)
        {
            throw ProtocolException.Malformed($"The input '{name}' has {data.Length} bytes; its shape and data type make {type.GetByteCount(elements)}.");
        }

        return type == ElementType.Bool && data.Span.IndexOfAnyInRange((byte)2, byte.MaxValue) >= 0
            ? throw ProtocolException.Malformed($"The input '{name}' is BOOL and has a byte that is neither 0 nor 1.")
            : TensorValue.FromBytes(type, data, shape);
    }
}
