using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>Which file of a repository is the model, when nobody says, and what goes with it.</summary>
internal static class ModelFileChoice
{
    private const string Index = ".safetensors.index.json";
    private const string Safetensors = ".safetensors";

    private static readonly string[] CompanionEndings = [".json", ".txt", ".model", ".jinja", ".tiktoken"];

    /// <summary>The only ONNX file, which is what runs; where there is none, the only model of another kind.</summary>
    /// <exception cref="AmbiguousModelSourceException">There are several, or none.</exception>
    public static string Find(HubAddress address, IReadOnlyCollection<string> files)
    {
        var graphs = files.Where(file => Ends(file, ".onnx")).ToArray();
        var candidates = graphs.Length > 0 ? graphs : [.. files.Where(file => Ends(file, ".gguf") || Ends(file, Index) || (Ends(file, Safetensors) && !IsShard(file, files)))];
        return candidates is [var only]
            ? only
            : throw new AmbiguousModelSourceException(
                $"hf:{address.Repository}",
                [.. (candidates.Length > 0 ? candidates : files).Order(StringComparer.Ordinal).Select(address.Naming)]);
    }

    /// <summary>What says how a model is fed (a tokenizer, a configuration) and is beside it, by names without the folder.</summary>
    public static IReadOnlyList<string> FindCompanions(string model, IEnumerable<string> files)
    {
        var folder = FolderOf(model);
        return
        [
            .. files.Where(file => file != model && FolderOf(file) == folder && !Ends(file, Index) && CompanionEndings.Any(ending => Ends(file, ending)))
                .Select(file => file[folder.Length..])
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A file's folder, with the <c>/</c> at its end; empty at the top.</summary>
    public static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];

    // Where an index stands, the files beside it are its shards.
    private static bool IsShard(string file, IReadOnlyCollection<string> files) => files.Any(other => Ends(other, Index) && FolderOf(other) == FolderOf(file));

    private static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
