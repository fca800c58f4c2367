namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>Writes a model of any size up to 2 GB as one file, weights inside, a buffer at a time.</summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly MemoryStream _nodes = new();
    private readonly MemoryStream _values = new();
    private readonly List<WeightTensor> _weights = [];

    /// <summary>Adds a weight, and returns its name.</summary>
    public string Add(WeightTensor weight)
    {
        _weights.Add(weight);
        return weight.Name;
    }

    /// <summary>Adds an operator with one output, and returns the output's name.</summary>
    public string Node(string type, string[] inputs, string output, string domain, params (string Name, long[] Values)[] attributes)
    {
        Protobuf.WriteMessage(_nodes, 1, node =>
        {
            foreach (var input in inputs)
            {
                Protobuf.WriteText(node, 1, input);
            }

            Protobuf.WriteText(node, 2, output);
            Protobuf.WriteText(node, 3, output + "_node");
            Protobuf.WriteText(node, 4, type);
            Array.ForEach(attributes, attribute => WriteAttribute(node, attribute.Name, attribute.Values));
            Protobuf.WriteText(node, 7, domain);
        });
        return output;
    }

    public void Input(string name, int elementType, params object[] shape) => WriteValue(11, name, elementType, shape);

    public void Output(string name, int elementType, params object[] shape) => WriteValue(12, name, elementType, shape);

    public void Save(string path)
    {
        // Under another name until it is whole: what was interrupted is made anew.
        var unfinished = path + ".unfinished";
        using (var stream = File.Create(unfinished))
        {
            using var name = new MemoryStream();
            Protobuf.WriteText(name, 2, "graph");
            var headers = _weights.ConvertAll(HeaderOf);
            var length = _nodes.Length + name.Length + _values.Length + headers.Select((header, i) => header.Length + _weights[i].Length).Sum();
            Protobuf.WriteInteger(stream, 1, 8);
            Protobuf.WriteHeader(stream, 7, length);
            _nodes.WriteTo(stream);
            name.WriteTo(stream);
            for (var i = 0; i < headers.Count; i++)
            {
                stream.Write(headers[i]);
                _weights[i].WriteTo(stream);
            }

            _values.WriteTo(stream);
            WriteOpset(stream, string.Empty, 17);
            WriteOpset(stream, "com.microsoft", 1);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _values.Dispose();
    }

    // An initializer up to where its bytes begin.
    private static byte[] HeaderOf(WeightTensor weight)
    {
        using var fields = new MemoryStream();
        Array.ForEach(weight.Shape, size => Protobuf.WriteInteger(fields, 1, size));
        Protobuf.WriteInteger(fields, 2, weight.ElementType);
        Protobuf.WriteText(fields, 8, weight.Name);
        Protobuf.WriteHeader(fields, 9, weight.Length);
        using var header = new MemoryStream();
        Protobuf.WriteHeader(header, 5, fields.Length + weight.Length);
        fields.WriteTo(header);
        return header.ToArray();
    }

    private static void WriteAttribute(Stream node, string name, long[] values) => Protobuf.WriteMessage(node, 5, attribute =>
    {
        const int Integer = 2;
        const int Integers = 7;
        Protobuf.WriteText(attribute, 1, name);
        Array.ForEach(values, value => Protobuf.WriteInteger(attribute, values.Length == 1 ? 3 : 8, value));
        Protobuf.WriteInteger(attribute, 20, values.Length == 1 ? Integer : Integers);
    });

    private static void WriteOpset(Stream model, string domain, long version) => Protobuf.WriteMessage(model, 8, opset =>
    {
        Protobuf.WriteText(opset, 1, domain);
        Protobuf.WriteInteger(opset, 2, version);
    });

    private void WriteValue(int field, string name, int elementType, object[] shape) => Protobuf.WriteMessage(_values, field, value =>
    {
        Protobuf.WriteText(value, 1, name);
        Protobuf.WriteMessage(value, 2, type => Protobuf.WriteMessage(type, 1, tensor =>
        {
            Protobuf.WriteInteger(tensor, 1, elementType);
            Protobuf.WriteMessage(tensor, 2, dimensions => Array.ForEach(shape, size => WriteDimension(dimensions, size)));
        }));
    });

    private static void WriteDimension(Stream dimensions, object size) => Protobuf.WriteMessage(dimensions, 1, dimension =>
    {
        if (size is string symbol)
        {
            Protobuf.WriteText(dimension, 2, symbol);
        }
        else
        {
            Protobuf.WriteInteger(dimension, 1, Convert.ToInt64(size, System.Globalization.CultureInfo.InvariantCulture));
        }
    });
}
