using System.Text.Json.Serialization;

namespace EdgeAI.AspNetCore.Uploads;

/// <summary>A file that is being uploaded, as it stands beside its content.</summary>
/// <param name="Model">The name that the model gets, by tag.</param>
/// <param name="File">What the file is called: its format follows from that.</param>
/// <param name="Length">How long it will be, in bytes.</param>
/// <param name="Sha256">The digest that it must have, in hexadecimal; null when nobody said.</param>
internal sealed record Upload(string Model, string File, long Length, string? Sha256)
{
    [JsonIgnore]
    public string Id { get; init; } = string.Empty;
}
