using EdgeAI.Inference;

namespace EdgeAI.Testing.Onnx;

/// <summary>The type of a graph's input or output (<c>TypeProto</c>).</summary>
public sealed class OnnxType
{
    private readonly Action<ProtobufWriter> _write;

    private OnnxType(Action<ProtobufWriter> write) => _write = write;

    /// <summary>A tensor of known rank; no dimension makes it a scalar.</summary>
    public static OnnxType Tensor(ElementType type, params OnnxDimension[] shape) => new(writer => writer.WriteMessage(1, tensor =>
    {
        tensor.WriteInteger(1, (int)type);
        tensor.WriteMessage(2, shapeWriter => WriteShape(shapeWriter, shape));
    }));

    /// <summary>A tensor of which even the rank is unknown.</summary>
    public static OnnxType TensorOfAnyRank(ElementType type) =>
        new(writer => writer.WriteMessage(1, tensor => tensor.WriteInteger(1, (int)type)));

    /// <summary>A sequence.</summary>
    public static OnnxType Sequence(OnnxType content) => new(writer => writer.WriteMessage(4, nested => nested.WriteMessage(1, content._write)));

    /// <summary>A map.</summary>
    public static OnnxType Map(ElementType keys, OnnxType values) => new(writer => writer.WriteMessage(5, nested =>
    {
        nested.WriteInteger(1, (int)keys);
        nested.WriteMessage(2, values._write);
    }));

    /// <summary>A value or nothing.</summary>
    public static OnnxType Optional(OnnxType content) => new(writer => writer.WriteMessage(9, nested => nested.WriteMessage(1, content._write)));

    internal void Write(ProtobufWriter writer) => _write(writer);

    private static void WriteShape(ProtobufWriter writer, OnnxDimension[] shape)
    {
        foreach (var dimension in shape)
        {
            writer.WriteMessage(1, dimension.Write);
        }
    }
}
