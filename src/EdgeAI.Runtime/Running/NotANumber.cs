using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using EdgeAI.Inference;

namespace EdgeAI.Running;

/// <summary>Looks for NaN in values, many elements at a time and without an allocation for tensors. Only floats of 16, 32 and 64 bits are looked at.</summary>
internal static class NotANumber
{
    private const ushort NoSign = 0x7FFF;
    private const ushort HalfInfinity = 0x7C00;
    private const ushort BrainInfinity = 0x7F80;

    /// <summary>The name of an output that has NaN though no input has; null when there is none.</summary>
    public static string? FindNew(IReadOnlyDictionary<string, ModelValue> inputs, ModelOutputs outputs)
    {
        foreach (var (name, value) in outputs)
        {
            if (IsIn(value))
            {
                return IsInAny(inputs) ? null : name;
            }
        }

        return null;
    }

    /// <summary>Whether any element is NaN.</summary>
    public static bool IsIn(ModelValue value) => value switch
    {
        TensorValue tensor => IsIn(tensor),
        SequenceValue sequence => sequence.Any(IsIn),
        MapValue map => IsIn(map.Values),
        _ => false,
    };

    private static bool IsInAny(IReadOnlyDictionary<string, ModelValue> values)
    {
        foreach (var (_, value) in values)
        {
            if (IsIn(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(TensorValue tensor) => tensor.ElementType switch
    {
        ElementType.Float32 => TensorPrimitives.IsNaNAny(tensor.AsSpan<float>()),
        ElementType.Float64 => TensorPrimitives.IsNaNAny(tensor.AsSpan<double>()),
        ElementType.Float16 => IsAbove(MemoryMarshal.Cast<byte, ushort>(tensor.AsBytes()), HalfInfinity),
        ElementType.BFloat16 => IsAbove(MemoryMarshal.Cast<byte, ushort>(tensor.AsBytes()), BrainInfinity),
        _ => false,
    };

    // A float of 16 bits is NaN when its bits without the sign are more than infinity's.
    private static bool IsAbove(ReadOnlySpan<ushort> bits, ushort infinity)
    {
        var (noSign, limit) = (new Vector<ushort>(NoSign), new Vector<ushort>(infinity));
        while (bits.Length >= Vector<ushort>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<ushort>(bits) & noSign, limit))
            {
                return true;
            }

            bits = bits[Vector<ushort>.Count..];
        }

        foreach (var element in bits)
        {
            if ((element & NoSign) > infinity)
            {
                return true;
            }
        }

        return false;
    }
}
