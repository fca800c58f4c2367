using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources;

/// <summary>A model whose files are on this machine under other names, in another tool's folder; each is compared with its digest before it is read.</summary>
/// <param name="displayName">What to call it in messages.</param>
/// <param name="fileName">The model file's name.</param>
/// <param name="files">The files by the names that they get: where each is, and what it must be.</param>
internal sealed class LocalFilesSource(string displayName, string fileName, IReadOnlyDictionary<string, (string Path, ExpectedContent Expected)> files) : ModelSource
{
    public override string FileName => fileName;

    public override string DisplayName => displayName;

    public override IReadOnlyList<string> Companions { get; } = [.. files.Keys.Where(file => file != fileName).Order(StringComparer.Ordinal)];

    public override async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        if (!files.TryGetValue(path, out var file))
        {
            throw new ModelFileNotFoundException(path, displayName);
        }

        if (!File.Exists(file.Path))
        {
            throw new ModelSourceNotFoundException(displayName, $"its file '{file.Path}' is missing. Let the tool that it belongs to fetch it again.");
        }

        await file.Expected.RequireAsync(file.Path, displayName, cancellationToken).ConfigureAwait(false);
        return DownloadFolder.OpenRead(file.Path);
    }
}
