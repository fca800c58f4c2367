using System.Text.Json;

namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>An entry of <c>pairs.json</c>.</summary>
/// <param name="Id">Such as <c>A1p ft10 by params</c>.</param>
/// <param name="Before">The model file of the first version.</param>
/// <param name="After">The model file of the second version.</param>
internal sealed record CorpusPair(string Id, string Before, string After)
{
    public static IReadOnlyList<CorpusPair> Load(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. json.RootElement.EnumerateArray().Select(pair => new CorpusPair(
                pair.GetProperty("id").GetString()!,
                ModelFile(pair.GetProperty("v1")),
                ModelFile(pair.GetProperty("v2")))),
        ];
    }

    // A version of several files is a list; the model file stands first.
    private static string ModelFile(JsonElement version) =>
        (version.ValueKind == JsonValueKind.Array ? version[0] : version).GetString()!;
}
