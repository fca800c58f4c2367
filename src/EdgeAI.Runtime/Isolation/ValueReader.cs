using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Isolation;

/// <summary>Reads the values that a <see cref="ValueWriter"/> of another process wrote. Tensors of numbers refer to the shared memory and are not copied.</summary>
/// <remarks>What it reads may come from a process that is breaking: it believes no count, offset or type.</remarks>
internal sealed class ValueReader(BinaryReader message, SharedArea area)
{
    // Deeper than any signature; a broken message must not end this process by its stack.
    private const int MaxDepth = 16;

    /// <exception cref="InvalidDataException">That is no message of values, or it ends too soon.</exception>
    public Dictionary<string, ModelValue> Read()
    {
        try
        {
            var values = new Dictionary<string, ModelValue>(StringComparer.Ordinal);
            for (var left = ReadCount(); left > 0; left--)
            {
                values.Add(message.ReadString(), ReadValue(MaxDepth));
            }

            return values;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"The message is damaged: {exception.Message}", exception);
        }
    }

    private ModelValue ReadValue(int depth) => (ModelValueKind)message.ReadByte() switch
    {
        ModelValueKind.Tensor => ReadTensor(),
        ModelValueKind.Sequence when depth > 0 => ReadSequence(depth - 1),
        ModelValueKind.Map => new MapValue(ReadTensor(), ReadTensor()),
        ModelValueKind.Optional => OptionalValue.None,
        var kind => throw new InvalidDataException($"The message is damaged: it has a value of kind {kind} here."),
    };

    // Grows as values come: a count that is not true takes no memory.
    private SequenceValue ReadSequence(int depth)
    {
        List<ModelValue> values = [];
        for (var left = ReadCount(); left > 0; left--)
        {
            values.Add(ReadValue(depth));
        }

        return new SequenceValue(values);
    }

    private TensorValue ReadTensor()
    {
        var type = (ElementType)message.ReadByte();
        var shape = new long[message.ReadByte()];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = message.ReadInt64();
        }

        return type == ElementType.String ? ReadStrings(shape) : ReadNumbers(type, shape);
    }

    private TensorValue ReadStrings(long[] shape)
    {
        List<string> texts = [];
        for (var left = Count(shape); left > 0; left--)
        {
            texts.Add(message.ReadString());
        }

        return TensorValue.Create(texts.ToArray(), shape);
    }

    private TensorValue ReadNumbers(ElementType type, long[] shape)
    {
        var length = checked((int)type.GetByteCount(Count(shape)));
        return TensorValue.FromBytes(type, area.Slice(message.ReadInt64(), length), shape);
    }

    private int ReadCount()
    {
        var count = message.ReadInt32();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count;
    }

    private static long Count(long[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
            count = checked(count * size);
        }

        return count;
    }
}
