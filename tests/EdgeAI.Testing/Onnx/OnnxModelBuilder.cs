namespace EdgeAI.Testing.Onnx;

/// <summary>Writes an ONNX file field by field, so that tests decide every byte of it. Source: the ONNX specification, <c>onnx.proto</c>.</summary>
public sealed class OnnxModelBuilder
{
    /// <summary>The operator set that models get unless they ask for another.</summary>
    public const long DefaultOpset = 21;

    private readonly List<(string Domain, long Version)> _opsets = [];
    private readonly List<(string Key, string Value)> _metadata = [];
    private readonly List<OnnxFunction> _functions = [];

    /// <summary>The version of the file's form.</summary>
    public long IrVersion { get; set; } = 10;

    /// <summary>The operator set of the default domain.</summary>
    public long Opset { get; set; } = DefaultOpset;

    /// <summary>Who wrote the file.</summary>
    public string Producer { get; set; } = "EdgeAI.Testing";

    /// <summary>Whether repeated integers stand in one packed field, as few writers do and every reader must take.</summary>
    public bool PacksIntegers { get; set; }

    /// <summary>The model's graph.</summary>
    public OnnxGraph Graph { get; } = new();

    /// <summary>Imports the operator set of another domain, such as <c>ai.onnx.ml</c>.</summary>
    public OnnxModelBuilder ImportOpset(string domain, long version)
    {
        _opsets.Add((domain, version));
        return this;
    }

    /// <summary>Adds an entry that the model says of itself.</summary>
    public OnnxModelBuilder Metadata(string key, string value)
    {
        _metadata.Add((key, value));
        return this;
    }

    /// <summary>Adds an operator that the model defines itself.</summary>
    public OnnxModelBuilder Function(OnnxFunction function)
    {
        _functions.Add(function);
        return this;
    }

    /// <summary>The model file's bytes.</summary>
    public byte[] Build()
    {
        var writer = new ProtobufWriter();
        writer.WriteInteger(1, IrVersion);
        writer.WriteText(2, Producer);
        writer.WriteText(3, "1.0");
        writer.WriteMessage(7, graph => Graph.Write(graph, PacksIntegers));
        writer.WriteMessage(8, nested => WriteOpset(nested, string.Empty, Opset));
        WriteExtensions(writer);
        return writer.ToArray();
    }

    /// <summary>The files that the model's tensors refer to, by path, each tensor at its offset.</summary>
    public Dictionary<string, byte[]> BuildExternalFiles()
    {
        var tensors = Graph.Tensors.Where(tensor => tensor.External is { WritesFile: true });
        return tensors.GroupBy(tensor => tensor.External!.Location).ToDictionary(file => file.Key, BuildExternalFile);
    }

    /// <summary>Writes the model file, and the files that it refers to beside it.</summary>
    public void Save(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var (location, content) in BuildExternalFiles())
        {
            var file = Path.Combine(folder, location);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        File.WriteAllBytes(path, Build());
    }

    internal static void WriteOpset(ProtobufWriter writer, string domain, long version)
    {
        if (domain.Length > 0)
        {
            writer.WriteText(1, domain);
        }

        writer.WriteInteger(2, version);
    }

    private static byte[] BuildExternalFile(IGrouping<string, OnnxTensor> tensors)
    {
        var content = new byte[tensors.Max(tensor => (tensor.External!.Offset ?? 0) + tensor.Data.Length)];
        foreach (var tensor in tensors)
        {
            tensor.Data.Span.CopyTo(content.AsSpan((int)(tensor.External!.Offset ?? 0)));
        }

        return content;
    }

    private void WriteExtensions(ProtobufWriter writer)
    {
        foreach (var (domain, version) in _opsets)
        {
            writer.WriteMessage(8, nested => WriteOpset(nested, domain, version));
        }

        foreach (var (key, value) in _metadata)
        {
            writer.WriteMessage(14, nested =>
            {
                nested.WriteText(1, key);
                nested.WriteText(2, value);
            });
        }

        foreach (var function in _functions)
        {
            writer.WriteMessage(25, nested => function.Write(nested, Opset, PacksIntegers));
        }
    }
}
