using System.Text.Json.Serialization;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(DigestJsonConverter),
        typeof(ChunkReferenceJsonConverter),
        typeof(ModelDimensionJsonConverter),
        typeof(ModelFileGapJsonConverter),
        typeof(ModelTensorJsonConverter),
        typeof(JsonStringEnumConverter<ModelFormat>),
        typeof(JsonStringEnumConverter<ModelValueKind>),
        typeof(JsonStringEnumConverter<ElementType>)])]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
