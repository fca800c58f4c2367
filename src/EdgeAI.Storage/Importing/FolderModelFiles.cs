using EdgeAI.Models;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Importing;

/// <summary>A model's files in a folder on this machine.</summary>
internal sealed class FolderModelFiles(string modelPath) : IModelFiles
{
    public Stream Open(string? location)
    {
        if (location is null)
        {
            return File.OpenRead(modelPath);
        }

        return RelativePath.FindProblem(location) is { } problem
            ? throw new UnsafeModelPathException(modelPath, location, problem)
            : File.OpenRead(Path.Combine(Path.GetDirectoryName(modelPath)!, location));
    }
}
