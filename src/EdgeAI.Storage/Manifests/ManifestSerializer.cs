using System.Text.Json;
using EdgeAI.Models;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Manifests;

/// <summary>Manifests as JSON. The same manifest is always the same bytes, so that its digest is its name.</summary>
internal static class ManifestSerializer
{
    /// <summary>The longest manifest that is read: a model of about 2 TB.</summary>
    public const long MaxLength = 256L << 20;

    public static string KeyOf(Digest manifest) => $"manifests/{manifest.Hex}.json";

    public static byte[] Serialize(ModelManifest manifest) => ManifestWriter.Write(manifest);

    /// <summary>Reads a manifest whose digest has been checked.</summary>
    /// <exception cref="ContentCorruptedException">It is not a manifest that this version reads.</exception>
    public static ModelManifest Deserialize(Digest digest, ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = ManifestReader.Read(json);
            return FindProblem(manifest) is { } problem ? throw new ContentCorruptedException(digest, KeyOf(digest), problem) : manifest;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or OverflowException)
        {
            throw new ContentCorruptedException(digest, KeyOf(digest), $"it is not a manifest: {exception.Message}", exception);
        }
    }

    // A manifest may have come in an archive, from anybody: what the types promise is checked here, where it becomes one of ours.
    private static string? FindProblem(ModelManifest manifest) =>
        manifest.Schema != ModelManifest.CurrentSchema ? $"it has schema {manifest.Schema}; this version reads {ModelManifest.CurrentSchema}"
        : manifest.Files.Count == 0 ? "it names no file"
        : !manifest.Signature.Inputs.Concat(manifest.Signature.Outputs).All(value => IsComplete(value.Type)) ? "its signature is incomplete"
        : manifest.Files.Select(FindProblem).FirstOrDefault(problem => problem is not null);

    private static bool IsComplete(ModelValueType type) => type switch
    {
        { Kind: ModelValueKind.Tensor or ModelValueKind.SparseTensor } => type.ElementType is not null,
        { Kind: ModelValueKind.Map, ElementType: null } or { Content: null } => false,
        _ => IsComplete(type.Content),
    };

    private static string? FindProblem(ModelFile file) =>
        !RelativePath.IsSafe(file.Path) ? $"it names the file '{file.Path}', which leaves the model's folder"
        : file.Chunks.Any(chunk => chunk.Length is <= 0 or > Packs.PackFormat.MaxChunkLength) ? $"a chunk of '{file.Path}' has an impossible length"
        : !file.Tensors.All(tensor => tensor is { Offset: >= 0, Length: >= 0 } && tensor.Offset <= file.Length - tensor.Length) ? $"a tensor of '{file.Path}' does not lie in it"
        : file.Chunks.Sum(chunk => (long)chunk.Length) != file.Length ? $"the chunks of '{file.Path}' do not add up to its length"
        : FileLayout.FindProblem(file) is { } problem ? $"the gaps of '{file.Path}' {problem}"
        : null;
}
