namespace EdgeAI.Models;

/// <summary>Finds out which file of a folder is the model, and which others go with it.</summary>
internal static class FolderModel
{
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
        var model = RequireOne(folder, ModelFolder.FindModels(files));
        return new FileModelSource(Path.Combine(folder, model), [.. files.Where(file => file != model)]);
    }

    private static string RequireOne(string folder, IReadOnlyList<string> candidates) => candidates switch
    {
        [var only] => only,
        [] => throw new InvalidModelException(folder, "the folder holds no .onnx, .safetensors or .gguf file at its top; give the model file by ModelSource.FromFile"),
        _ => throw new InvalidModelException(folder, $"the folder holds several models, {string.Join(", ", candidates.Take(8).Select(file => $"'{file}'"))}; give one by ModelSource.FromFile"),
    };
}
