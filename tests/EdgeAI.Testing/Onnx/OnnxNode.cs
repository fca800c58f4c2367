namespace EdgeAI.Testing.Onnx;

/// <summary>An operator of a graph (<c>NodeProto</c>); attributes are added one by one.</summary>
public sealed class OnnxNode
{
    private readonly List<Action<ProtobufWriter, bool>> _attributes = [];
    private readonly List<OnnxTensor> _tensors = [];
    private readonly List<OnnxGraph> _graphs = [];
    private readonly string _operator;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly string _domain;

    internal OnnxNode(string @operator, string[] inputs, string[] outputs, string domain)
    {
        _operator = @operator;
        _inputs = inputs;
        _outputs = outputs;
        _domain = domain;
    }

    internal IEnumerable<OnnxTensor> Tensors => _tensors.Concat(_graphs.SelectMany(graph => graph.Tensors));

    /// <summary>Adds an attribute of type INT.</summary>
    public OnnxNode With(string name, long value) => Add(name, 2, (writer, _) => writer.WriteInteger(3, value));

    /// <summary>Adds an attribute of type INTS.</summary>
    public OnnxNode With(string name, params long[] values) => Add(name, 7, (writer, packed) => writer.WriteIntegers(8, values, packed));

    /// <summary>Adds an attribute of type FLOAT.</summary>
    public OnnxNode With(string name, float value) => Add(name, 1, (writer, _) => writer.WriteFloat(2, value));

    /// <summary>Adds an attribute of type FLOATS.</summary>
    public OnnxNode With(string name, params float[] values) => Add(name, 6, (writer, _) => WriteEach(values, value => writer.WriteFloat(7, value)));

    /// <summary>Adds an attribute of type STRING.</summary>
    public OnnxNode With(string name, string value) => Add(name, 3, (writer, _) => writer.WriteText(4, value));

    /// <summary>Adds an attribute of type STRINGS.</summary>
    public OnnxNode With(string name, params string[] values) => Add(name, 8, (writer, _) => WriteEach(values, value => writer.WriteText(9, value)));

    /// <summary>Adds an attribute of type TENSOR.</summary>
    public OnnxNode With(string name, OnnxTensor value)
    {
        _tensors.Add(value);
        return Add(name, 4, (writer, packed) => writer.WriteMessage(5, tensor => value.Write(tensor, packed)));
    }

    /// <summary>Adds an attribute of type GRAPH.</summary>
    public OnnxNode With(string name, OnnxGraph value)
    {
        _graphs.Add(value);
        return Add(name, 5, (writer, packed) => writer.WriteMessage(6, graph => value.Write(graph, packed)));
    }

    /// <summary>Adds an attribute of type TYPE_PROTO.</summary>
    public OnnxNode With(string name, OnnxType value) => Add(name, 13, (writer, _) => writer.WriteMessage(14, value.Write));

    internal void Write(ProtobufWriter writer, bool packed)
    {
        WriteEach(_inputs, input => writer.WriteText(1, input));
        WriteEach(_outputs, output => writer.WriteText(2, output));
        writer.WriteText(4, _operator);
        WriteEach(_attributes, attribute => writer.WriteMessage(5, nested => attribute(nested, packed)));
        if (_domain.Length > 0)
        {
            writer.WriteText(7, _domain);
        }
    }

    private static void WriteEach<T>(IEnumerable<T> values, Action<T> write)
    {
        foreach (var value in values)
        {
            write(value);
        }
    }

    private OnnxNode Add(string name, int type, Action<ProtobufWriter, bool> write)
    {
        _attributes.Add((writer, packed) =>
        {
            writer.WriteText(1, name);
            write(writer, packed);
            writer.WriteInteger(20, type);
        });
        return this;
    }
}
