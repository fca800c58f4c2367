using System.Buffers;
using System.Text.Json;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>
/// Writes a manifest as JSON: chunks as <c>["…64 hexadecimal digits…", length]</c>, gaps as <c>[chunks before it, length]</c> counted from the gap before, tensors as
/// <c>["name", "type", [shape], offset, length]</c>, for a large model has thousands of each; all else by names. By hand, like <see cref="ManifestReader"/>.
/// </summary>
internal sealed class ManifestWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;

    private ManifestWriter() => _writer = new Utf8JsonWriter(_buffer);

    public static byte[] Write(ModelManifest manifest)
    {
        using var writer = new ManifestWriter();
        writer.WriteManifest(manifest);
        writer._writer.Flush();
        return writer._buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _writer.Dispose();

    private void WriteManifest(ModelManifest manifest)
    {
        _writer.WriteStartObject();
        _writer.WriteNumber("schema", manifest.Schema);
        _writer.WriteString("format", manifest.Format.ToString());
        _writer.WriteStartArray("files");
        foreach (var file in manifest.Files)
        {
            WriteFile(file);
        }

        _writer.WriteEndArray();
        _writer.WriteStartObject("signature");
        WriteValues("inputs", manifest.Signature.Inputs);
        WriteValues("outputs", manifest.Signature.Outputs);
        _writer.WriteEndObject();
        _writer.WriteStartObject("metadata");
        foreach (var (key, value) in manifest.Metadata)
        {
            _writer.WriteString(key, value);
        }

        _writer.WriteEndObject();
        _writer.WriteStartArray("operators");
        foreach (var type in manifest.Operators)
        {
            _writer.WriteStringValue(type);
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    private void WriteFile(ModelFile file)
    {
        _writer.WriteStartObject();
        _writer.WriteString("path", file.Path);
        _writer.WriteNumber("length", file.Length);
        _writer.WriteStartArray("chunks");
        foreach (var chunk in file.Chunks)
        {
            _writer.WriteStartArray();
            _writer.WriteStringValue(chunk.Digest.Hex);
            _writer.WriteNumberValue(chunk.Length);
            _writer.WriteEndArray();
        }

        _writer.WriteEndArray();
        _writer.WriteStartArray("gaps");
        foreach (var gap in file.Gaps)
        {
            _writer.WriteStartArray();
            _writer.WriteNumberValue(gap.Chunks);
            _writer.WriteNumberValue(gap.Length);
            _writer.WriteEndArray();
        }

        _writer.WriteEndArray();
        _writer.WriteStartArray("tensors");
        foreach (var tensor in file.Tensors)
        {
            WriteTensor(tensor);
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    private void WriteTensor(ModelTensor tensor)
    {
        _writer.WriteStartArray();
        _writer.WriteStringValue(tensor.Name);
        _writer.WriteStringValue(tensor.Type);
        _writer.WriteStartArray();
        foreach (var size in tensor.Shape)
        {
            _writer.WriteNumberValue(size);
        }

        _writer.WriteEndArray();
        _writer.WriteNumberValue(tensor.Offset);
        _writer.WriteNumberValue(tensor.Length);
        _writer.WriteEndArray();
    }

    private void WriteValues(string name, IReadOnlyList<ModelValueInfo> values)
    {
        _writer.WriteStartArray(name);
        foreach (var value in values)
        {
            _writer.WriteStartObject();
            _writer.WriteString("name", value.Name);
            WriteType("type", value.Type);
            _writer.WriteBoolean("isRequired", value.IsRequired);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteType(string name, ModelValueType type)
    {
        _writer.WriteStartObject(name);
        _writer.WriteString("kind", type.Kind.ToString());
        if (type.ElementType is { } elements)
        {
            _writer.WriteString("elementType", elements.ToString());
        }

        if (type.Shape is { } shape)
        {
            WriteShape(shape);
        }

        if (type.Content is { } content)
        {
            WriteType("content", content);
        }

        _writer.WriteEndObject();
    }

    // A dimension as a number, a name, or null.
    private void WriteShape(IReadOnlyList<ModelDimension> shape)
    {
        _writer.WriteStartArray("shape");
        foreach (var dimension in shape)
        {
            if (dimension.Size is { } size)
            {
                _writer.WriteNumberValue(size);
            }
            else
            {
                _writer.WriteStringValue(dimension.Symbol);
            }
        }

        _writer.WriteEndArray();
    }
}
