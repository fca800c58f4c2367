namespace EdgeAI.Models;

/// <summary>Which file of a folder is the model, wherever the folder is.</summary>
public static class ModelFolder
{
    private const string Safetensors = ".safetensors";
    private const string SafetensorsIndex = ".safetensors.index.json";

    /// <summary>The files at a folder's top that are models: <c>.onnx</c>, <c>.gguf</c>, and <c>.safetensors</c>, or where there are indexes of shards (<c>.safetensors.index.json</c>) those. Where it is one, it is the folder's model, and all else goes with it.</summary>
    /// <param name="files">The folder's files, by their paths in it with <c>/</c> between their parts.</param>
    /// <returns>The paths, in the order in which they were given.</returns>
    public static IReadOnlyList<string> FindModels(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var top = files.Where(file => !file.Contains('/', StringComparison.Ordinal)).ToArray();

        // Where an index stands, the files beside it are its shards.
        var weights = top.Any(file => Ends(file, SafetensorsIndex)) ? SafetensorsIndex : Safetensors;
        return [.. top.Where(file => Ends(file, ".onnx") || Ends(file, ".gguf") || Ends(file, weights))];
    }

    private static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
