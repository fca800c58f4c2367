using System.Text.Json;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>
/// Reads what <see cref="ManifestWriter"/> writes; properties of other names are passed over. By hand, because a serialiser over our value types is compiled in each process that loads a
/// model: some 450 methods, a third of the time from a process's start to its first session.
/// </summary>
internal ref struct ManifestReader
{
    // Brackets, quotes, 64 digits, a comma and a length.
    private const int ShortestChunk = 70;

    private const int MaxRank = 256;

    private Utf8JsonReader _reader;

    private ManifestReader(ReadOnlySpan<byte> json) => _reader = new Utf8JsonReader(json);

    /// <exception cref="JsonException">It is not a manifest.</exception>
    /// <exception cref="InvalidOperationException">A text in it is no text.</exception>
    public static ModelManifest Read(ReadOnlySpan<byte> json)
    {
        var reader = new ManifestReader(json);
        reader.Next();
        var manifest = reader.ReadManifest();
        return reader._reader.Read() ? throw new JsonException("Something follows the manifest.") : manifest;
    }

    private ModelManifest ReadManifest()
    {
        (long? Schema, ModelFormat? Format) kind = default;
        ModelFile[]? files = null;
        ModelSignature? signature = null;
        Dictionary<string, string>? metadata = null;
        string[]? operators = null;
        Expect(JsonTokenType.StartObject);
        while (ReadProperty() is { } name)
        {
            switch (name)
            {
                case "schema":
                    kind.Schema = GetNumber();
                    break;
                case "format":
                    kind.Format = (ModelFormat)GetEnum(typeof(ModelFormat));
                    break;
                case "files":
                    files = new ModelFile[CountElements()];
                    for (var i = 0; NextElement(); i++)
                    {
                        files[i] = ReadFile();
                    }

                    break;
                case "signature":
                    signature = ReadSignature();
                    break;
                case "metadata":
                    metadata = ReadMetadata();
                    break;
                case "operators":
                    operators = new string[CountElements()];
                    for (var i = 0; NextElement(); i++)
                    {
                        operators[i] = GetText();
                    }

                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new ModelManifest
        {
            Schema = checked((int)Require(kind.Schema, "schema")),
            Format = kind.Format ?? throw Lacks("format"),
            Files = files ?? throw Lacks("files"),
            Signature = signature ?? throw Lacks("signature"),
            Metadata = metadata ?? throw Lacks("metadata"),
            Operators = operators ?? throw Lacks("operators"),
        };
    }

    private ModelFile ReadFile()
    {
        string? path = null;
        long? length = null;
        ChunkReference[]? chunks = null;
        ModelFileGap[]? gaps = null;
        ModelTensor[]? tensors = null;
        Expect(JsonTokenType.StartObject);
        while (ReadProperty() is { } name)
        {
            switch (name)
            {
                case "path":
                    path = GetText();
                    break;
                case "length":
                    length = GetNumber();
                    break;
                case "chunks":
                    chunks = new ChunkReference[CountElements(ShortestChunk)];
                    for (var i = 0; NextElement(); i++)
                    {
                        chunks[i] = ReadChunk();
                    }

                    break;
                case "gaps":
                    gaps = new ModelFileGap[CountElements()];
                    for (var i = 0; NextElement(); i++)
                    {
                        gaps[i] = ReadGap();
                    }

                    break;
                case "tensors":
                    tensors = new ModelTensor[CountElements()];
                    for (var i = 0; NextElement(); i++)
                    {
                        tensors[i] = ReadTensor();
                    }

                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new ModelFile
        {
            Path = path ?? throw Lacks("path"),
            Length = Require(length, "length"),
            Chunks = chunks ?? throw Lacks("chunks"),
            Gaps = gaps ?? throw Lacks("gaps"),
            Tensors = tensors ?? throw Lacks("tensors"),
        };
    }

    private ChunkReference ReadChunk()
    {
        Expect(JsonTokenType.StartArray);
        Next();
        if (!Digest.TryParse("sha256:" + GetText(), null, out var digest))
        {
            throw new JsonException("A chunk's digest is malformed.");
        }

        var length = ReadNumber();
        End();
        return new ChunkReference(digest, checked((int)length));
    }

    private ModelFileGap ReadGap()
    {
        Expect(JsonTokenType.StartArray);
        var (chunks, length) = (ReadNumber(), ReadNumber());
        End();
        return new ModelFileGap(checked((int)chunks), length);
    }

    private ModelTensor ReadTensor()
    {
        Expect(JsonTokenType.StartArray);
        Next();
        var name = GetText();
        Next();
        var type = GetText();
        Next();
        var shape = new long[CountElements(most: MaxRank)];
        for (var i = 0; NextElement(); i++)
        {
            shape[i] = GetNumber();
        }

        var (offset, length) = (ReadNumber(), ReadNumber());
        End();
        return new ModelTensor(name, type, shape, offset, length);
    }

    private ModelSignature ReadSignature()
    {
        (ModelValueInfo[]? Inputs, ModelValueInfo[]? Outputs) values = default;
        Expect(JsonTokenType.StartObject);
        while (ReadProperty() is { } name)
        {
            switch (name)
            {
                case "inputs":
                    values.Inputs = ReadValues();
                    break;
                case "outputs":
                    values.Outputs = ReadValues();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new ModelSignature(values.Inputs ?? throw Lacks("inputs"), values.Outputs ?? throw Lacks("outputs"));
    }

    private ModelValueInfo[] ReadValues()
    {
        var values = new ModelValueInfo[CountElements()];
        for (var i = 0; NextElement(); i++)
        {
            string? text = null;
            ModelValueType? type = null;
            var isRequired = true;
            Expect(JsonTokenType.StartObject);
            while (ReadProperty() is { } name)
            {
                switch (name)
                {
                    case "name":
                        text = GetText();
                        break;
                    case "type":
                        type = ReadType();
                        break;
                    case "isRequired":
                        isRequired = GetBoolean();
                        break;
                    default:
                        _reader.Skip();
                        break;
                }
            }

            values[i] = new ModelValueInfo(text ?? throw Lacks("name"), type ?? throw Lacks("type"), isRequired);
        }

        return values;
    }

    private ModelValueType ReadType()
    {
        (ModelValueKind? Kind, ElementType? Elements) names = default;
        ModelDimension[]? shape = null;
        ModelValueType? content = null;
        Expect(JsonTokenType.StartObject);
        while (ReadProperty() is { } name)
        {
            switch (name)
            {
                case "kind":
                    names.Kind = (ModelValueKind)GetEnum(typeof(ModelValueKind));
                    break;
                case "elementType":
                    names.Elements = _reader.TokenType == JsonTokenType.Null ? null : (ElementType)GetEnum(typeof(ElementType));
                    break;
                case "shape":
                    shape = _reader.TokenType == JsonTokenType.Null ? null : ReadShape();
                    break;
                case "content":
                    content = _reader.TokenType == JsonTokenType.Null ? null : ReadType();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new ModelValueType { Kind = names.Kind ?? throw Lacks("kind"), ElementType = names.Elements, Shape = shape, Content = content };
    }

    private ModelDimension[] ReadShape()
    {
        var shape = new ModelDimension[CountElements(most: MaxRank)];
        for (var i = 0; NextElement(); i++)
        {
            shape[i] = _reader.TokenType switch
            {
                JsonTokenType.Number => new ModelDimension(GetNumber()),
                JsonTokenType.Null => default,
                _ => new ModelDimension(null, GetText()),
            };
        }

        return shape;
    }

    private Dictionary<string, string> ReadMetadata()
    {
        var metadata = new Dictionary<string, string>();
        Expect(JsonTokenType.StartObject);
        while (ReadProperty() is { } name)
        {
            metadata[name] = GetText();
        }

        return metadata;
    }

    // An object's next property, with the reader at its value; null at the object's end.
    private string? ReadProperty()
    {
        Next();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var name = _reader.GetString();
        Next();
        return name;
    }

    // An array is gone through twice: lists would be compiled for each of our value types. What is shorter than its elements can be is refused before there is room for them.
    private readonly int CountElements(int shortest = 2, int most = int.MaxValue)
    {
        Expect(JsonTokenType.StartArray);
        var ahead = _reader;
        var count = 0;
        while (ahead.Read() && ahead.TokenType != JsonTokenType.EndArray)
        {
            ahead.Skip();
            count++;
        }

        return count <= most && (ahead.BytesConsumed - _reader.BytesConsumed) / shortest >= count ? count : throw new JsonException("A list has too many elements.");
    }

    private bool NextElement()
    {
        Next();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    private void End()
    {
        Next();
        Expect(JsonTokenType.EndArray);
    }

    private void Next()
    {
        if (!_reader.Read())
        {
            throw new JsonException("It is cut short.");
        }
    }

    private long ReadNumber()
    {
        Next();
        return GetNumber();
    }

    private readonly long GetNumber()
    {
        Expect(JsonTokenType.Number);
        return _reader.TryGetInt64(out var number) ? number : throw new JsonException("A number is no whole number, or too large.");
    }

    private readonly string GetText()
    {
        Expect(JsonTokenType.String);
        return _reader.GetString()!;
    }

    private readonly bool GetBoolean() =>
        _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.GetBoolean() : throw new JsonException("A yes or no is neither.");

    private readonly object GetEnum(Type type) =>
        Enum.TryParse(type, GetText(), out var value) && Enum.IsDefined(type, value) ? value : throw new JsonException($"'{_reader.GetString()}' is no {type.Name}.");

    private readonly void Expect(JsonTokenType type)
    {
        if (_reader.TokenType != type)
        {
            throw new JsonException($"There is {_reader.TokenType} at byte {_reader.TokenStartIndex}, where {type} should be.");
        }
    }

    private static long Require(long? value, string name) => value ?? throw Lacks(name);

    private static JsonException Lacks(string name) => new($"It lacks '{name}'.");
}
