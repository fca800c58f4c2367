using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Names;

/// <summary>A name as an object on a tier: which version it means, and since when.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Manifest">The digest of the manifest.</param>
/// <param name="Length">The length of the model's files together, in bytes: known even where the manifest can't be read any more.</param>
/// <param name="SetAt">When the name was set to this version, in milliseconds since 1970.</param>
/// <param name="Check">Half the SHA-256 of all that stands before: a changed byte must not name another version.</param>
internal sealed partial record NameObject(string Name, string Tag, string Manifest, long Length, long SetAt, string Check)
{
    private const int CheckLength = 32;

    /// <summary>A name as bytes: the same name is always the same bytes.</summary>
    public static byte[] Serialize(ModelInfo model)
    {
        var plain = new NameObject(
            model.Reference.Name,
            model.Reference.Tag!,
            model.Digest.ToString(),
            model.Length,
            model.ImportedAt.ToUnixTimeMilliseconds(),
            string.Empty);
        return JsonSerializer.SerializeToUtf8Bytes(plain with { Check = plain.ComputeCheck() }, NameJsonContext.Default.NameObject);
    }

    /// <summary>Reads a name; null when the bytes are not one that was written.</summary>
    public static ModelInfo? Deserialize(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, NameJsonContext.Default.NameObject) is { Tag.Length: > 0 } found
                && found.Check == found.ComputeCheck()
                && ModelReference.TryParse($"{found.Name}:{found.Tag}", null, out var reference)
                && Digest.TryParse(found.Manifest, null, out var digest)
                ? new ModelInfo(reference, digest, found.Length, DateTimeOffset.FromUnixTimeMilliseconds(found.SetAt))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    // Neither a name nor a tag holds a line break.
    private string ComputeCheck() => Digest.Of(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}\n{Tag}\n{Manifest}\n{Length}\n{SetAt}"))).Hex[..CheckLength];

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(NameObject))]
    private sealed partial class NameJsonContext : JsonSerializerContext;
}
