namespace EdgeAI.Testing.Onnx;

/// <summary>A graph: a model's own, or one inside an attribute (<c>GraphProto</c>).</summary>
public sealed class OnnxGraph(string name = "graph")
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _initializers = [];
    private readonly List<(string Name, OnnxType? Type)> _inputs = [];
    private readonly List<(string Name, OnnxType? Type)> _outputs = [];

    /// <summary>All tensors in it, those of constants and of nested graphs too.</summary>
    public IEnumerable<OnnxTensor> Tensors => _initializers.Concat(_nodes.SelectMany(node => node.Tensors));

    /// <summary>Declares an input; without a type as subgraphs may have it.</summary>
    public OnnxGraph Input(string name, OnnxType? type)
    {
        _inputs.Add((name, type));
        return this;
    }

    /// <summary>Declares an output; without a type as subgraphs may have it.</summary>
    public OnnxGraph Output(string name, OnnxType? type)
    {
        _outputs.Add((name, type));
        return this;
    }

    /// <summary>Adds a weight.</summary>
    public OnnxGraph Initializer(OnnxTensor tensor)
    {
        _initializers.Add(tensor);
        return this;
    }

    /// <summary>Adds an operator, and returns the graph; for operators without attributes.</summary>
    public OnnxGraph Node(string @operator, string[] inputs, string[] outputs, string domain = "")
    {
        AddNode(@operator, inputs, outputs, domain);
        return this;
    }

    /// <summary>Adds an operator whose attributes are set by a callback, and returns the graph.</summary>
    public OnnxGraph Node(string @operator, string[] inputs, string[] outputs, Action<OnnxNode> attributes, string domain = "")
    {
        attributes(AddNode(@operator, inputs, outputs, domain));
        return this;
    }

    internal void Write(ProtobufWriter writer, bool packed)
    {
        foreach (var node in _nodes)
        {
            writer.WriteMessage(1, nested => node.Write(nested, packed));
        }

        writer.WriteText(2, name);
        foreach (var initializer in _initializers)
        {
            writer.WriteMessage(5, nested => initializer.Write(nested, packed));
        }

        WriteValues(writer, 11, _inputs);
        WriteValues(writer, 12, _outputs);
    }

    private static void WriteValues(ProtobufWriter writer, int field, List<(string Name, OnnxType? Type)> values)
    {
        foreach (var (valueName, type) in values)
        {
            writer.WriteMessage(field, nested =>
            {
                nested.WriteText(1, valueName);
                if (type is not null)
                {
                    nested.WriteMessage(2, type.Write);
                }
            });
        }
    }

    private OnnxNode AddNode(string @operator, string[] inputs, string[] outputs, string domain)
    {
        var node = new OnnxNode(@operator, inputs, outputs, domain);
        _nodes.Add(node);
        return node;
    }
}
