using EdgeAI.Inference;

namespace EdgeAI.Remote.Protocol;

/// <summary>Makes tensors of what servers send, and believes nothing of it.</summary>
internal static class TensorReader
{
    private const int MaxRank = 64;

    /// <summary>The number of elements of a shape.</summary>
    /// <exception cref="RemoteCallException">The shape is none of a tensor.</exception>
    public static long CountElements(string name, IReadOnlyList<long> shape)
    {
        if (shape.Count > MaxRank)
        {
            throw RemoteCallException.Garbled($"the output '{name}' has {shape.Count} dimensions.");
        }

        long count = 1;
        var isEmpty = false;
        foreach (var size in shape)
        {
            isEmpty |= size == 0;
            if (size < 0 || (size > 0 && count > int.MaxValue / size))
            {
                throw RemoteCallException.Garbled($"the output '{name}' has the shape [{string.Join(',', shape)}], which no answer can have.");
            }

            count *= Math.Max(1, size);
        }

        return isEmpty ? 0 : count;
    }

    /// <exception cref="RemoteCallException">It is no type of the protocol.</exception>
    public static ElementType TypeOf(string name, string? dataType) =>
        TensorTypes.Find(dataType) ?? throw RemoteCallException.Garbled($"the output '{name}' is '{dataType}', which is no type of the protocol that is known here.");

    /// <summary>A tensor over bytes that nobody else has.</summary>
    /// <exception cref="RemoteCallException">The bytes are not what shape and type say.</exception>
    public static TensorValue FromBytes(string name, string? dataType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
    {
        var type = TypeOf(name, dataType);
        var count = CountElements(name, shape);
        if (type == ElementType.String)
        {
            return TensorValue.Create(StringTensors.Read(name, data.Span, count), [.. shape]);
        }

        if (type.GetByteCount(count) != data.Length)
        {
            throw RemoteCallException.Garbled($"the output '{name}' has {data.Length} bytes; {dataType} and the shape [{string.Join(',', shape)}] make {type.GetByteCount(count)}.");
        }

        return type == ElementType.Bool && data.Span.IndexOfAnyInRange((byte)2, byte.MaxValue) >= 0
            ? throw RemoteCallException.Garbled($"the output '{name}' is BOOL and has a byte that is neither 0 nor 1.")
            : TensorValue.FromBytes(type, data, [.. shape]);
    }

    /// <summary>A tensor over elements that nobody else has.</summary>
    /// <exception cref="RemoteCallException">There are not as many as the shape says.</exception>
    public static TensorValue FromElements<T>(string name, IReadOnlyList<long> shape, T[] elements) => elements.Length == CountElements(name, shape)
        ? TensorValue.Create(elements, [.. shape])
        : throw RemoteCallException.Garbled($"the output '{name}' has {elements.Length} elements; the shape [{string.Join(',', shape)}] makes {CountElements(name, shape)}.");

    /// <summary>Elements of a type of 16 or 8 bits, which some forms of the protocol widen.</summary>
    /// <exception cref="RemoteCallException">One does not fit.</exception>
    public static TensorValue Narrow<TWide, T>(string name, IReadOnlyList<long> shape, IReadOnlyList<TWide> wide)
        where TWide : struct, System.Numerics.INumberBase<TWide>
        where T : struct, System.Numerics.INumberBase<T>
    {
        var narrow = new T[wide.Count];
        for (var i = 0; i < narrow.Length; i++)
        {
            try
            {
                narrow[i] = T.CreateChecked(wide[i]);
            }
            catch (OverflowException exception)
            {
                throw RemoteCallException.Garbled($"the output '{name}' has an element out of the range of its type.", exception);
            }
        }

        return FromElements(name, shape, narrow);
    }

    /// <summary>The bytes of a tensor, to be sent, in an array of their own: a call that was left may read them still.</summary>
    public static byte[] CopyBytes(TensorValue tensor) => tensor.ElementType == ElementType.String
        ? StringTensors.Write(tensor.AsSpan<string>())
        : tensor.AsBytes().ToArray();
}
