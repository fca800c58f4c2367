using EdgeAI.Inference;

namespace EdgeAI.Isolation;

/// <summary>Writes values for another process: numbers into shared memory, all else into a message. <see cref="ValueReader"/> reads them.</summary>
/// <param name="message">Where names, types, shapes and strings go.</param>
/// <param name="area">Where numbers go; at least as long as <see cref="Measure"/> says.</param>
internal sealed class ValueWriter(BinaryWriter message, SharedArea area)
{
    // What the widest vector instructions want to load.
    private const int Alignment = 64;

    private long _end;

    /// <summary>How many bytes of shared memory these values take.</summary>
    public static long Measure(IEnumerable<KeyValuePair<string, ModelValue>> values) => values.Sum(value => SizeOf(value.Value));

    public void Write(IReadOnlyCollection<KeyValuePair<string, ModelValue>> values)
    {
        message.Write(values.Count);
        foreach (var (name, value) in values)
        {
            message.Write(name);
            Write(value);
        }
    }

    private static long SizeOf(ModelValue value) => value switch
    {
        TensorValue { ElementType: not ElementType.String } tensor => Align(tensor.ElementType.GetByteCount(tensor.Length)),
        SequenceValue sequence => sequence.Sum(SizeOf),
        MapValue map => SizeOf(map.Keys) + SizeOf(map.Values),
        _ => 0,
    };

    private static long Align(long bytes) => checked(bytes + Alignment - 1) / Alignment * Alignment;

    private void Write(ModelValue value)
    {
        message.Write((byte)value.Kind);
        switch (value)
        {
            case TensorValue tensor:
                Write(tensor);
                break;
            case SequenceValue sequence:
                message.Write(sequence.Count);
                foreach (var item in sequence)
                {
                    Write(item);
                }

                break;
            case MapValue map:
                Write(map.Keys);
                Write(map.Values);
                break;
        }
    }

    private void Write(TensorValue tensor)
    {
        message.Write((byte)tensor.ElementType);
        message.Write((byte)tensor.Shape.Length);
        foreach (var size in tensor.Shape)
        {
            message.Write(size);
        }

        if (tensor.ElementType == ElementType.String)
        {
            foreach (var text in tensor.AsSpan<string>())
            {
                message.Write(text);
            }

            return;
        }

        var bytes = tensor.AsBytes();
        bytes.CopyTo(area.Slice(_end, bytes.Length).Span);
        message.Write(_end);
        _end += Align(bytes.Length);
    }
}
