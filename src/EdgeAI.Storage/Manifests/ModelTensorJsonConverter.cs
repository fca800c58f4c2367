using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>A tensor as <c>["name", "type", [shape], offset, length]</c>: a large model has thousands.</summary>
internal sealed class ModelTensorJsonConverter : JsonConverter<ModelTensor>
{
    public override ModelTensor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        var name = ReadText(ref reader);
        var type = ReadText(ref reader);
        var shape = ReadShape(ref reader);
        var (offset, length) = (ReadNumber(ref reader), ReadNumber(ref reader));
        Expect(reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        return new ModelTensor(name, type, shape, offset, length);
    }

    public override void Write(Utf8JsonWriter writer, ModelTensor value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Name);
        writer.WriteStringValue(value.Type);
        writer.WriteStartArray();
        foreach (var size in value.Shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteNumberValue(value.Offset);
        writer.WriteNumberValue(value.Length);
        writer.WriteEndArray();
    }

    private static long[] ReadShape(ref Utf8JsonReader reader)
    {
        var shape = new List<long>();
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            shape.Add(GetNumber(ref reader));
        }

        return [.. shape];
    }

    private static string ReadText(ref Utf8JsonReader reader)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.String);
        return reader.GetString()!;
    }

    private static long ReadNumber(ref Utf8JsonReader reader)
    {
        Expect(reader.Read());
        return GetNumber(ref reader);
    }

    private static long GetNumber(ref Utf8JsonReader reader)
    {
        long number = 0;
        Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number));
        return number;
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("A tensor is malformed.");
        }
    }
}
