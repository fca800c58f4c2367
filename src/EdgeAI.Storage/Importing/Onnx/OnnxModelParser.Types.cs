using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Onnx;

internal sealed partial class OnnxModelParser
{
    private const int MaxTypeDepth = 16;
    private const int MaxRank = TensorFields.MaxRank;

    private ModelValueInfo ParseValueInfo(in ProtobufField info, bool isRequired)
    {
        ProtobufReader.Expect(info, WireType.Bytes);
        _reader.Seek(info.ContentStart);
        var name = string.Empty;
        ModelValueType? type = null;
        while (_reader.TryReadField(info.End, out var field))
        {
            name = field.Number == 1 ? _reader.ReadString(field, MaxNameLength) : name;
            type = field.Number == 2 ? ParseType(field, 0) : type;
            _reader.Skip(field);
        }

        return type is null
            ? throw new MalformedModelException($"the input or output '{name}' has no type", info.Start)
            : new ModelValueInfo(name, type, isRequired);
    }

    private ModelValueType ParseType(in ProtobufField message, int depth)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        if (depth > MaxTypeDepth)
        {
            throw new MalformedModelException($"types are nested more than {MaxTypeDepth} deep", message.Start);
        }

        _reader.Seek(message.ContentStart);
        ModelValueType? type = null;
        while (_reader.TryReadField(message.End, out var field))
        {
            type = field.Number switch
            {
                1 => ParseTensorType(field, ModelValueKind.Tensor),
                4 => ModelValueType.Sequence(ParseContentType(field, 1, depth)),
                5 => ModelValueType.Map(ParseKeyType(field), ParseContentType(field, 2, depth)),
                8 => ParseTensorType(field, ModelValueKind.SparseTensor),
                9 => ModelValueType.Optional(ParseContentType(field, 1, depth)),
                _ => type,
            };
            _reader.Skip(field);
        }

        return type ?? throw new MalformedModelException("a type is of no kind that ONNX has", message.Start);
    }

    private ModelValueType ParseTensorType(in ProtobufField message, ModelValueKind kind)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _reader.Seek(message.ContentStart);
        ElementType? elementType = null;
        List<ModelDimension>? shape = null;
        while (_reader.TryReadField(message.End, out var field))
        {
            elementType = field.Number == 1 ? ReadElementType(field) : elementType;
            shape = field.Number == 2 ? ParseShape(field) : shape;
            _reader.Skip(field);
        }

        return elementType is null
            ? throw new MalformedModelException("a tensor type has no element type", message.Start)
            : new ModelValueType { Kind = kind, ElementType = elementType, Shape = shape };
    }

    private List<ModelDimension> ParseShape(in ProtobufField message)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _reader.Seek(message.ContentStart);
        var shape = new List<ModelDimension>();
        while (_reader.TryReadField(message.End, out var field))
        {
            if (field.Number == 1)
            {
                shape.Add(shape.Count < MaxRank ? ParseDimension(field) : throw new MalformedModelException($"a shape has more than {MaxRank} dimensions", message.Start));
            }

            _reader.Skip(field);
        }

        return shape;
    }

    private ModelDimension ParseDimension(in ProtobufField message)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _reader.Seek(message.ContentStart);
        var dimension = default(ModelDimension);
        while (_reader.TryReadField(message.End, out var field))
        {
            dimension = field.Number switch
            {
                // Exporters write -1 or 0 for "free"; a fixed dimension of a graph's input is at least 1.
                1 when _reader.ReadInt64(field) is > 0 and var size => new ModelDimension(size),
                2 when _reader.ReadString(field, MaxNameLength) is { Length: > 0 } symbol => new ModelDimension(null, symbol),
                _ => dimension,
            };
            _reader.Skip(field);
        }

        return dimension;
    }

    private ModelValueType ParseContentType(in ProtobufField message, int number, int depth)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _reader.Seek(message.ContentStart);
        ModelValueType? content = null;
        while (_reader.TryReadField(message.End, out var field))
        {
            content = field.Number == number ? ParseType(field, depth + 1) : content;
            _reader.Skip(field);
        }

        return content ?? throw new MalformedModelException("a sequence, map or optional does not say what it holds", message.Start);
    }

    private ElementType ParseKeyType(in ProtobufField message)
    {
        ProtobufReader.Expect(message, WireType.Bytes);
        _reader.Seek(message.ContentStart);
        ElementType? key = null;
        while (_reader.TryReadField(message.End, out var field))
        {
            key = field.Number == 1 ? ReadElementType(field) : key;
            _reader.Skip(field);
        }

        return key ?? throw new MalformedModelException("a map does not say what its keys are", message.Start);
    }

    private ElementType ReadElementType(in ProtobufField field)
    {
        var value = _reader.ReadInt64(field);
        return value is >= (int)ElementType.Float32 and <= (int)ElementType.Int2
            ? (ElementType)value
            : throw new MalformedModelException($"an element type is {value}, which ONNX does not have", field.Start);
    }
}
