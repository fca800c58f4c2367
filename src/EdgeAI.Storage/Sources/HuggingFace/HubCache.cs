using EdgeAI.Models;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>
/// Reads the cache of the hub's own tools: a folder for each repository, in which <c>refs</c> hold the commits of branches, <c>snapshots</c> hold the files of each commit as links, and
/// <c>blobs</c> hold the content, named by its digest. Source: the hub's documentation, "Understand caching". Nothing in it is changed.
/// </summary>
internal sealed class HubCache(string directory)
{
    private const int CommitLength = 40;
    private const int MaxCommitFile = 256;

    private static readonly EnumerationOptions AllFiles = new() { RecurseSubdirectories = true };

    /// <summary>The snapshot of a revision; null when the cache has none.</summary>
    public HubSnapshot? Find(HubAddress address)
    {
        var commit = IsHex(address.Revision, CommitLength) ? address.Revision : ReadReference(address);
        return commit is not null && Directory.Exists(SnapshotOf(address.Repository, commit)) ? Read(address.Repository, commit) : null;
    }

    /// <summary>Where a file of a commit is; null when it is not there, or leads out of the repository's folder.</summary>
    public string? FindFile(string repository, string commit, string path)
    {
        var link = Path.Combine(SnapshotOf(repository, commit), path);
        if (!File.Exists(link))
        {
            return null;
        }

        var target = Path.GetFullPath(File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link);
        return target.StartsWith(FolderOf(repository) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? target : null;
    }

    private HubSnapshot Read(string repository, string commit)
    {
        var snapshot = SnapshotOf(repository, commit);
        var files = new Dictionary<string, HubFile>(StringComparer.Ordinal);
        foreach (var link in Directory.EnumerateFiles(snapshot, "*", AllFiles))
        {
            var path = Path.GetRelativePath(snapshot, link).Replace(Path.DirectorySeparatorChar, '/');
            if (RelativePath.IsSafe(path) && FindFile(repository, commit, path) is { } target)
            {
                files.Add(path, new HubFile(path, ExpectedOf(Path.GetFileName(target)), target));
            }
        }

        return new HubSnapshot(commit, files);
    }

    private string? ReadReference(HubAddress address)
    {
        var path = Path.Combine(FolderOf(address.Repository), "refs", address.Revision);
        var file = new FileInfo(path);
        return file.Exists && file.Length <= MaxCommitFile && File.ReadAllText(path).Trim() is var commit && IsHex(commit, CommitLength) ? commit : null;
    }

    // A blob's name is what the hub calls its content. Where links can't be had, a snapshot holds the files themselves, and their names say nothing.
    private static ExpectedContent ExpectedOf(string blob) =>
        Digest.TryParse("sha256:" + blob, null, out var digest) ? new ExpectedContent(digest)
        : IsHex(blob, CommitLength) ? new ExpectedContent(null, blob)
        : new ExpectedContent();

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    private string FolderOf(string repository) => Path.Combine(Path.GetFullPath(directory), "models--" + repository.Replace("/", "--", StringComparison.Ordinal));

    private string SnapshotOf(string repository, string commit) => Path.Combine(FolderOf(repository), "snapshots", commit);
}
