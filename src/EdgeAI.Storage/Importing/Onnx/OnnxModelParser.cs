using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>
/// Walks an ONNX file without loading it: what it is, and where each large tensor lies. Everything in it is untrusted; what is malformed is
/// refused here, before ONNX Runtime sees it. Source of the field numbers: <c>onnx.proto</c> of the ONNX specification, IR version 13.
/// </summary>
internal sealed partial class OnnxModelParser
{
    /// <summary>From this length on a tensor has its own place in the hot file, and its own chunks: a page.</summary>
    public const int LargeTensor = Chunking.ChunkPlan.LargeTensor;

    private const int MaxNameLength = 1 << 16;
    private const int MaxOperators = 1 << 12;

    // What is kept for each in memory is up to a kilobyte; a file may name one in a few bytes.
    private const int MaxTensors = 1 << 16;
    private const int MaxInitializers = 1 << 17;
    private const int MaxValues = 1 << 14;
    private const int MaxUses = 1 << 18;
    private const int MaxGraphDepth = 64;
    private const int FirstIrVersionWithOpsets = 3;
    private const int FirstIrVersionWithDefaults = 4;

    private readonly ProtobufReader _reader;
    private readonly List<OnnxTensor> _tensors = [];
    private readonly List<ModelValueInfo> _inputs = [];
    private readonly List<ModelValueInfo> _outputs = [];
    private readonly HashSet<string> _initializers = new(StringComparer.Ordinal);
    private readonly ModelMetadata _metadata = new();
    private readonly SortedSet<string> _operators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _firstUses = new(StringComparer.Ordinal);
    private EnclosingMessage? _enclosing;
    private int _graphDepth;

    private readonly bool _notesUses;

    private OnnxModelParser(Stream stream, bool notesUses)
    {
        _reader = new ProtobufReader(stream, stream.Length);
        _notesUses = notesUses;
    }

    /// <summary>Walks a file.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <exception cref="MalformedModelException">The file is not ONNX, or damaged.</exception>
    public static OnnxModel Parse(Stream stream) => Parse(stream, notesUses: false);

    /// <summary>Walks a file.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <param name="notesUses">Whether the order in which nodes use values is wanted.</param>
    /// <exception cref="MalformedModelException">The file is not ONNX, or damaged.</exception>
    public static OnnxModel Parse(Stream stream, bool notesUses) => new OnnxModelParser(stream, notesUses).ParseModel();

    /// <summary>Walks the model file among a model's files, on a thread of the pool.</summary>
    public static Task<OnnxModel> ParseAsync(IModelFiles files, CancellationToken cancellationToken, bool notesUses = false) => Task.Run(
        () =>
        {
            using var stream = files.Open(null);
            return Parse(stream, notesUses);
        },
        cancellationToken);

    private OnnxModel ParseModel()
    {
        if (_reader.Length == 0)
        {
            throw new MalformedModelException("the file is empty", 0);
        }

        long? irVersion = null;
        var hasGraph = false;
        var hasOpset = false;
        while (_reader.TryReadField(_reader.Length, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    irVersion = _reader.ReadInt64(field);
                    break;
                case 7 when hasGraph:
                    throw new MalformedModelException("it holds two graphs", field.Start);
                case 7:
                    ParseNested(field, isMain: true, ParseGraph);
                    hasGraph = true;
                    break;
                case 8:
                    ParseOpset(field);
                    hasOpset = true;
                    break;
                case 20 or 25:
                    ParseNested(field, isMain: false, field.Number == 20 ? ParseTraining : ParseFunction);
                    break;
                default:
                    ParseModelProperty(field);
                    break;
            }

            _reader.Skip(field);
        }

        RequireWhole(irVersion, hasGraph, hasOpset);
        return new OnnxModel(_tensors, new ModelSignature(Inputs(irVersion!.Value), _outputs), _metadata.Entries, [.. _operators]) { FirstUses = _firstUses };
    }

    private void RequireWhole(long? irVersion, bool hasGraph, bool hasOpset)
    {
        if (irVersion is null or < 1 || !hasGraph)
        {
            throw new MalformedModelException("it is not an ONNX model, or one cut short: it has no graph or no version", _reader.Length);
        }

        if (irVersion >= FirstIrVersionWithOpsets && !hasOpset)
        {
            throw new MalformedModelException("it names no operator set: it is cut short, or no ONNX model", _reader.Length);
        }
    }

    // Before IR version 4 every initializer had to be listed as an input too, and none of them could be given at a run.
    private List<ModelValueInfo> Inputs(long irVersion) => irVersion < FirstIrVersionWithDefaults
        ? [.. _inputs.Where(input => !_initializers.Contains(input.Name))]
        : [.. _inputs.Select(input => _initializers.Contains(input.Name) ? input with { IsRequired = false } : input)];

    private void ParseModelProperty(in ProtobufField field)
    {
        switch (field.Number)
        {
            case 2:
                _metadata.Add("producer", _reader.ReadString(field, MaxNameLength));
                break;
            case 3:
                _metadata.Add("producer_version", _reader.ReadString(field, MaxNameLength));
                break;
            case 14:
                ParseMetadataEntry(field);
                break;
        }
    }

    private void ParseOpset(in ProtobufField opset)
    {
        ProtobufReader.Expect(opset, WireType.Bytes);
        _reader.Seek(opset.ContentStart);
        var domain = string.Empty;
        long version = 0;
        while (_reader.TryReadField(opset.End, out var field))
        {
            domain = field.Number == 1 ? _reader.ReadString(field, MaxNameLength) : domain;
            version = field.Number == 2 ? _reader.ReadInt64(field) : version;
            _reader.Skip(field);
        }

        _metadata.Add(domain.Length is 0 ? "opset" : $"opset:{domain}", version.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private void ParseMetadataEntry(in ProtobufField entry)
    {
        ProtobufReader.Expect(entry, WireType.Bytes);
        _reader.Seek(entry.ContentStart);
        var (key, value) = (string.Empty, string.Empty);
        while (_reader.TryReadField(entry.End, out var field))
        {
            // A long property (a list of classes, a licence text) stays in the file; the manifest is for what people look up.
            if (field.Number is 1 or 2 && field.ContentLength <= ModelMetadata.MaxLength)
            {
                var text = _reader.ReadString(field, ModelMetadata.MaxLength);
                (key, value) = field.Number == 1 ? (text, value) : (key, text);
            }

            _reader.Skip(field);
        }

        _metadata.Add(key, value);
    }

    /// <summary>Walks a message that may hold tensors, and keeps track of where they are nested.</summary>
    private void ParseNested(in ProtobufField message, bool isMain, NestedParser parse)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _enclosing = new EnclosingMessage(message, _enclosing);
        _reader.Seek(message.ContentStart);
        parse(message, isMain);
        _reader.Skip(message);
        _enclosing = _enclosing.Parent;
    }

    private void ParseGraph(in ProtobufField graph, bool isMain)
    {
        if (++_graphDepth > MaxGraphDepth)
        {
            throw new MalformedModelException($"graphs are nested more than {MaxGraphDepth} deep", graph.Start);
        }

        while (_reader.TryReadField(graph.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    ParseNested(field, isMain: false, ParseNode);
                    break;
                case 5:
                    ParseNested(field, isMain, ParseTensor);
                    break;
                case 11 or 12 when isMain:
                    AddValue(field.Number == 11 ? _inputs : _outputs, field);
                    break;
                case 15:
                    ParseNested(field, isMain: false, ParseSparseTensor);
                    break;
            }

            _reader.Skip(field);
        }

        _graphDepth--;
    }

    private void AddValue(List<ModelValueInfo> values, in ProtobufField field)
    {
        if (values.Count == MaxValues)
        {
            throw new MalformedModelException($"it has more than {MaxValues} inputs or outputs", field.Start);
        }

        values.Add(ParseValueInfo(field, isRequired: values == _inputs));
    }

    private void ParseNode(in ProtobufField node, bool isMain)
    {
        var (type, domain) = (string.Empty, string.Empty);
        while (_reader.TryReadField(node.End, out var field))
        {
            switch (field.Number)
            {
                case 1 when _notesUses && _firstUses.Count < MaxUses:
                    _firstUses.TryAdd(_reader.ReadString(field, MaxNameLength), _firstUses.Count);
                    break;
                case 4:
                    type = _reader.ReadString(field, MaxNameLength);
                    break;
                case 5:
                    ParseNested(field, isMain: false, ParseAttribute);
                    break;
                case 7:
                    domain = _reader.ReadString(field, MaxNameLength);
                    break;
            }

            _reader.Skip(field);
        }

        if (_operators.Count < MaxOperators)
        {
            _operators.Add(domain is "" or "ai.onnx" ? type : $"{domain}::{type}");
        }
    }

    private void ParseAttribute(in ProtobufField attribute, bool isMain)
    {
        while (_reader.TryReadField(attribute.End, out var field))
        {
            switch (field.Number)
            {
                case 5 or 10:
                    ParseNested(field, isMain: false, ParseTensor);
                    break;
                case 6 or 11:
                    ParseNested(field, isMain: false, ParseGraph);
                    break;
                case 22 or 23:
                    ParseNested(field, isMain: false, ParseSparseTensor);
                    break;
            }

            _reader.Skip(field);
        }
    }

    private void ParseSparseTensor(in ProtobufField sparse, bool isMain)
    {
        while (_reader.TryReadField(sparse.End, out var field))
        {
            if (field.Number is 1 or 2)
            {
                ParseNested(field, isMain: false, ParseTensor);
            }

            _reader.Skip(field);
        }
    }

    private void ParseTraining(in ProtobufField training, bool isMain)
    {
        while (_reader.TryReadField(training.End, out var field))
        {
            if (field.Number is 1 or 2)
            {
                ParseNested(field, isMain: false, ParseGraph);
            }

            _reader.Skip(field);
        }
    }

    private void ParseFunction(in ProtobufField function, bool isMain)
    {
        while (_reader.TryReadField(function.End, out var field))
        {
            if (field.Number is 7 or 11)
            {
                ParseNested(field, isMain: false, field.Number == 7 ? ParseNode : ParseAttribute);
            }

            _reader.Skip(field);
        }
    }
}
