using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>A chunk as <c>["…64 hexadecimal digits…", length]</c>: a large model has many, and this is a third of the property form.</summary>
internal sealed class ChunkReferenceJsonConverter : JsonConverter<ChunkReference>
{
    public override ChunkReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.String);
        Expect(Digest.TryParse("sha256:" + reader.GetString(), null, out var digest));
        Expect(reader.Read() && reader.TokenType == JsonTokenType.Number);
        Expect(reader.TryGetInt32(out var length));
        Expect(reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        return new ChunkReference(digest, length);
    }

    public override void Write(Utf8JsonWriter writer, ChunkReference value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Digest.Hex);
        writer.WriteNumberValue(value.Length);
        writer.WriteEndArray();
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("A chunk is malformed.");
        }
    }
}
