using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>A lease on a hot model: a shared lock, which dies with the process.</summary>
internal sealed class HotModel(Digest digest, ModelManifest manifest, string directory, FileLock lease) : IHotModel
{
    /// <summary>The name of the folder for what is derived from a hot model.</summary>
    public const string DerivedName = "derived";

    /// <summary>The name of the folder for files that are laid out as they are; no name of theirs can meet one of ours there.</summary>
    public const string PlainName = "files";

    public Digest Digest => digest;

    public ModelManifest Manifest => manifest;

    public HotFiles Files { get; } = FindFiles(manifest, directory);

    public string DerivedDirectory => Path.Combine(directory, DerivedName);

    public void Dispose() => lease.Dispose();

    private static HotFiles FindFiles(ModelManifest manifest, string directory)
    {
        if (manifest.Format != ModelFormat.Onnx)
        {
            return new HotFiles(Path.Combine(directory, PlainName, manifest.Files[0].Path), null);
        }

        var weights = Path.Combine(directory, HotFiles.WeightsName);
        return new HotFiles(Path.Combine(directory, HotFiles.GraphName), File.Exists(weights) ? weights : null);
    }
}
