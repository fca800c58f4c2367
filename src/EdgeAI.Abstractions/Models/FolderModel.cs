namespace EdgeAI.Models;

/// <summary>Finds out which file of a folder is the model, and which others go with it.</summary>
internal static class FolderModel
{
    private const string Safetensors = ".safetensors";
    private const string SafetensorsIndex = ".safetensors.index.json";

    public static FileModelSource Find(string path)
    {
        var folder = Path.GetFullPath(path);
        if (!Directory.Exists(folder))
        {
            throw new ModelFileNotFoundException(folder);
        }

        // Hidden files are a version control's or a file manager's, not the model's.
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false })
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToArray();
        var model = RequireOne(folder, Candidates([.. files.Where(file => !file.Contains('/', StringComparison.Ordinal))]));
        return new FileModelSource(Path.Combine(folder, model), [.. files.Where(file => file != model)]);
    }

    // Where an index stands, the files beside it are its shards.
    private static string[] Candidates(string[] files)
    {
        var indexes = files.Where(file => Ends(file, SafetensorsIndex)).ToArray();
        return [.. files.Where(file => Ends(file, ".onnx") || Ends(file, ".gguf") || Ends(file, indexes.Length > 0 ? SafetensorsIndex : Safetensors))];
    }

    private static string RequireOne(string folder, string[] candidates) => candidates switch
    {
        [var only] => only,
        [] => throw new InvalidModelException(folder, "the folder holds no .onnx, .safetensors or .gguf file at its top; give the model file by ModelSource.FromFile"),
        _ => throw new InvalidModelException(folder, $"the folder holds several models, {string.Join(", ", candidates.Take(8).Select(file => $"'{file}'"))}; give one by ModelSource.FromFile"),
    };

    private static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
