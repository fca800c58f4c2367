using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>A dimension as a number, a name, or null.</summary>
internal sealed class ModelDimensionJsonConverter : JsonConverter<ModelDimension>
{
    public override bool HandleNull => true;

    public override ModelDimension Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => new ModelDimension(reader.GetInt64()),
        JsonTokenType.String => new ModelDimension(null, reader.GetString()),
        JsonTokenType.Null => default,
        _ => throw new JsonException("A dimension is malformed."),
    };

    public override void Write(Utf8JsonWriter writer, ModelDimension value, JsonSerializerOptions options)
    {
        if (value.Size is { } size)
        {
            writer.WriteNumberValue(size);
        }
        else
        {
            writer.WriteStringValue(value.Symbol);
        }
    }
}
