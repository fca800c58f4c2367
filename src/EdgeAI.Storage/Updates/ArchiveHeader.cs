using System.Text.Json.Serialization;

namespace EdgeAI.Storage.Updates;

/// <summary>
/// What stands at the start of an archive. An archive is: eight bytes of magic, the header's length (4 bytes, little-endian), the header as JSON, the
/// manifest in Zstandard (or as it is, when the frame would be as long), and a pack of the chunks.
/// </summary>
/// <param name="Model">The name that the model was exported under.</param>
/// <param name="Manifest">The digest of the manifest.</param>
/// <param name="ManifestLength">The length of the manifest in bytes.</param>
/// <param name="ManifestStored">The length of what stands for it in the archive.</param>
/// <param name="ManifestBase">The digest of the manifest, one that the receiver has, which is the prefix of the frame; null for none.</param>
/// <param name="PackLength">The length of the pack in bytes.</param>
/// <param name="Signatures">The signatures of the manifest, as they are stored; null when there are none.</param>
internal sealed partial record ArchiveHeader(
    string Model,
    string Manifest,
    int ManifestLength,
    int ManifestStored,
    string? ManifestBase,
    long PackLength,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<byte[]>? Signatures = null)
{
    /// <summary>The longest header that is read.</summary>
    public const int MaxLength = 1 << 16;

    public static ReadOnlySpan<byte> Magic => "EDGEAI\0\u0002"u8;

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(ArchiveHeader))]
    internal sealed partial class Json : JsonSerializerContext;
}
