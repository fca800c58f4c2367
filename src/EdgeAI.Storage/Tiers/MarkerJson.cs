using System.Text.Json.Serialization;

namespace EdgeAI.Storage.Tiers;

/// <summary>How markers are written.</summary>
[JsonSerializable(typeof(Marker))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
internal sealed partial class MarkerJson : JsonSerializerContext;
