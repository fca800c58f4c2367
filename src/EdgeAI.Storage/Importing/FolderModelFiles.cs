using EdgeAI.Models;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Importing;

/// <summary>A model's files in a folder on this machine.</summary>
internal sealed class FolderModelFiles(string modelPath) : IModelFiles
{
    public Stream Open(string? location) => File.OpenRead(PathOf(location));

    /// <summary>Where a file is.</summary>
    /// <exception cref="UnsafeModelPathException">The location leads out of the folder.</exception>
    public string PathOf(string? location)
    {
        if (location is null)
        {
            return modelPath;
        }

        return RelativePath.FindProblem(location) is { } problem
            ? throw new UnsafeModelPathException(modelPath, location, problem)
            : Path.Combine(Path.GetDirectoryName(modelPath)!, location);
    }
}
