using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>A lease on a hot model: a shared lock, which dies with the process.</summary>
internal sealed class HotModel(Digest digest, ModelManifest manifest, string directory, FileLock lease) : IHotModel
{
    /// <summary>The name of the folder for what is derived from a hot model.</summary>
    public const string DerivedName = "derived";

    public Digest Digest => digest;

    public ModelManifest Manifest => manifest;

    public HotFiles Files { get; } = new(
        Path.Combine(directory, HotFiles.GraphName),
        File.Exists(Path.Combine(directory, HotFiles.WeightsName)) ? Path.Combine(directory, HotFiles.WeightsName) : null);

    public string DerivedDirectory => Path.Combine(directory, DerivedName);

    public void Dispose() => lease.Dispose();
}
