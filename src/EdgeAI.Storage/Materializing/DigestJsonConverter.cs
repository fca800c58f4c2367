using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

internal sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), null, out var digest) ? digest : throw new JsonException("A digest is malformed.");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
