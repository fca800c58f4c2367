using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>A gap as <c>[chunks before it, length]</c>: counted from the gap before, so that what moves in a file leaves most gaps as they were.</summary>
internal sealed class ModelFileGapJsonConverter : JsonConverter<ModelFileGap>
{
    public override ModelFileGap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var (chunks, length) = (0, 0L);
        Expect(reader.TokenType == JsonTokenType.StartArray);
        Expect(reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out chunks));
        Expect(reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out length));
        Expect(reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        return new ModelFileGap(chunks, length);
    }

    public override void Write(Utf8JsonWriter writer, ModelFileGap value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Chunks);
        writer.WriteNumberValue(value.Length);
        writer.WriteEndArray();
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("A gap is malformed.");
        }
    }
}
