using EdgeAI.AspNetCore.Configuration;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Checks on the shapes that requests bring.</summary>
internal static class TensorShape
{
    /// <summary>The number of elements, when the limits allow so many.</summary>
    /// <exception cref="ProtocolException">A dimension is negative, or there are too many of them or of elements.</exception>
    public static int CountElements(string name, ReadOnlySpan<long> shape, ServingLimits limits)
    {
        if (shape.Length > limits.MaxRank)
        {
            throw ProtocolException.Malformed($"The input '{name}' has {shape.Length} dimensions; {limits.MaxRank} are the most.");
        }

        long count = 1;
        var isEmpty = false;
        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw ProtocolException.Malformed($"The input '{name}' has a dimension of {size}; it must be 0 or more.");
            }

            isEmpty |= size == 0;
            if (size > limits.MaxElements || (size > 0 && (count *= size) > limits.MaxElements))
            {
                throw ProtocolException.TooLarge($"The input '{name}' has more than {limits.MaxElements} elements.");
            }
        }

        return isEmpty ? 0 : (int)count;
    }
}
