using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A model laid out on the hot tier: a small skeleton graph, and its weights in one plain, aligned file that can be mapped.</summary>
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
