using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A model laid out on the hot tier as plain files that can be mapped; ONNX as a small graph and one file of aligned weights.</summary>
/// <remarks>A lease: the files stay where they are until it is disposed. Thread-safe.</remarks>
public interface IHotModel : IDisposable
{
    /// <summary>The digest of the manifest.</summary>
    Digest Digest { get; }

    /// <summary>What the model is.</summary>
    ModelManifest Manifest { get; }

    /// <summary>The files to map.</summary>
    HotFiles Files { get; }

    /// <summary>
    /// A folder beside the hot files for what is derived from them, such as an optimised graph. It goes when they go. Whoever writes there
    /// makes a temporary folder whose name begins with <see cref="StagingPrefix"/> and renames it, so that others see all of it or nothing; a garbage
    /// collection deletes what crashed writers left.
    /// </summary>
    string DerivedDirectory { get; }

    /// <summary>How the names of temporary folders in <see cref="DerivedDirectory"/> begin: <c>staging-</c>.</summary>
    const string StagingPrefix = "staging-";
}
