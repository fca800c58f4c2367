using System.Globalization;
using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing.Onnx;

internal sealed partial class OnnxModelParser
{
    private const int ExternalData = 1;

    private void ParseTensor(in ProtobufField tensor, bool isMain)
    {
        var fields = ReadTensorFields(tensor);
        if (isMain)
        {
            _initializers.Add(fields.Name);
            RequireFewer(_initializers.Count, MaxInitializers, tensor);
        }

        var type = fields.ElementType ?? throw new MalformedModelException($"the tensor '{fields.Name}' has no element type", tensor.Start);
        if (fields.IsExternal)
        {
            AddExternalTensor(tensor, fields, type, isMain);
        }
        else if (type != ElementType.String)
        {
            AddInlineTensor(tensor, fields, type, isMain);
        }
    }

    private static void RequireFewer(int count, int limit, in ProtobufField tensor)
    {
        if (count >= limit)
        {
            throw new MalformedModelException($"it has more than {limit} tensors", tensor.Start);
        }
    }

    private TensorFields ReadTensorFields(in ProtobufField tensor)
    {
        var fields = new TensorFields();
        while (_reader.TryReadField(tensor.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    ReadDimensions(field, fields);
                    break;
                case 2:
                    fields.ElementType = ReadElementType(field);
                    break;
                case 4 or 5 or 7 or 10 or 11:
                    fields.AddTyped(field);
                    break;
                case 8:
                    fields.Name = _reader.ReadString(field, MaxNameLength);
                    break;
                case 9:
                    ProtobufReader.Expect(field, WireType.Bytes);
                    fields.Raw = fields.Raw is null ? field : throw new MalformedModelException($"the tensor '{fields.Name}' has two bodies", field.Start);
                    break;
                case 13:
                    ParseExternalEntry(field, fields);
                    break;
                case 14:
                    fields.IsExternal = _reader.ReadInt64(field) == ExternalData;
                    fields.AddLocation(field);
                    break;
            }

            _reader.Skip(field);
        }

        return fields;
    }

    private void ReadDimensions(in ProtobufField field, TensorFields fields)
    {
        if (field.Type == WireType.Varint)
        {
            fields.AddDimension(_reader.ReadInt64(field), field.Start);
            return;
        }

        ProtobufReader.Expect(field, WireType.Bytes);
        _reader.Seek(field.ContentStart);
        while (_reader.Position < field.End)
        {
            fields.AddDimension((long)_reader.ReadVarint(field.End), field.Start);
        }
    }

    private void ParseExternalEntry(in ProtobufField entry, TensorFields fields)
    {
        ProtobufReader.Expect(entry, WireType.Bytes);
        fields.AddLocation(entry);
        _reader.Seek(entry.ContentStart);
        var (key, value) = (string.Empty, string.Empty);
        while (_reader.TryReadField(entry.End, out var field))
        {
            key = field.Number == 1 ? _reader.ReadString(field, MaxNameLength) : key;
            value = field.Number == 2 ? _reader.ReadString(field, MaxNameLength) : value;
            _reader.Skip(field);
        }

        switch (key)
        {
            case "location":
                fields.ExternalLocation = value;
                break;
            case "offset":
                fields.ExternalOffset = ReadNumber(value, key, entry);
                break;
            case "length":
                fields.ExternalLength = ReadNumber(value, key, entry);
                break;
            default:
                if (PackedWeights.Read(key, value) is { } packed)
                {
                    fields.Packed.Add(packed);
                }

                break;
        }
    }

    private static long ReadNumber(string text, string key, in ProtobufField entry) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new MalformedModelException($"the {key} of an external tensor is '{text}', which is not a number of bytes", entry.Start);

    private void AddExternalTensor(in ProtobufField tensor, TensorFields fields, ElementType type, bool isMain)
    {
        if (type == ElementType.String || fields.Raw is not null || fields.TypedCount > 0)
        {
            throw new MalformedModelException($"the tensor '{fields.Name}' is external and has a body, or holds strings", tensor.Start);
        }

        if (string.IsNullOrEmpty(fields.ExternalLocation))
        {
            throw new MalformedModelException($"the tensor '{fields.Name}' is external and does not say where", tensor.Start);
        }

        var length = fields.GetByteCount(type, tensor.Start);
        if (fields.ExternalLength is { } stated && stated != length)
        {
            throw new MalformedModelException($"the tensor '{fields.Name}' has {stated} external bytes; its shape wants {length}", tensor.Start);
        }

        RequireFewer(_tensors.Count, MaxTensors, tensor);
        _tensors.Add(new OnnxTensor
        {
            Name = fields.Name,
            Encoding = TensorEncoding.Of(type),
            Shape = fields.Shape,
            Length = length,
            Offset = fields.ExternalOffset,
            Location = fields.ExternalLocation,
            IsInitializer = isMain,
            DataFields = fields.Location,
            Packed = fields.Packed,
            Message = _enclosing!,
        });
    }

    private void AddInlineTensor(in ProtobufField tensor, TensorFields fields, ElementType type, bool isMain)
    {
        var length = fields.GetByteCount(type, tensor.Start);
        if (fields.Raw is { } raw && raw.ContentLength != length)
        {
            throw new MalformedModelException(
                $"the tensor '{fields.Name}' has {raw.ContentLength} bytes; its shape wants {length}",
                raw.Start);
        }

        // A float or double field in one packed run is the tensor's bytes; the other typed fields are numbers of varying length.
        var body = fields.Raw ?? (fields.TypedCount == 1
            && fields.Typed is { Type: WireType.Bytes, Number: 4 or 10 } packed
            && packed.ContentLength == length
            && type is ElementType.Float32 or ElementType.Float64
                ? packed
                : null);
        if (body is not { } data || length < LargeTensor)
        {
            return;
        }

        RequireFewer(_tensors.Count, MaxTensors, tensor);
        _tensors.Add(new OnnxTensor
        {
            Name = fields.Name,
            Encoding = TensorEncoding.Of(type),
            Shape = fields.Shape,
            Length = length,
            Offset = data.ContentStart,
            IsInitializer = isMain,
            DataFields = [data, .. fields.Location],
            Message = _enclosing!,
        });
    }
}
