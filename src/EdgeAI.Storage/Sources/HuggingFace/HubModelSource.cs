using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>A model of a repository, as one commit has it: from the cache where that has it, and from the hub.</summary>
internal sealed class HubModelSource(
    ModelAddress address,
    HubAddress place,
    string model,
    HubSnapshot snapshot,
    HubCache cache,
    HubClient? client,
    ModelSourceContext context) : ModelSource
{
    private readonly string _folder = ModelFileChoice.FolderOf(model);

    public override string FileName => model[_folder.Length..];

    public override string DisplayName => $"hf:{place.Repository}@{place.Revision}/{model}";

    public override IReadOnlyList<string> Companions { get; } = ModelFileChoice.FindCompanions(model, snapshot.Files.Keys);

    public override async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var isModelFile = path == FileName;
        if (!snapshot.Files.TryGetValue(_folder + path, out var file))
        {
            throw isModelFile
                ? new ModelSourceNotFoundException(DisplayName, $"commit {snapshot.Commit} has no file '{model}'. It has {Candidates()}.")
                : new ModelFileNotFoundException(_folder + path, DisplayName);
        }

        if (isModelFile && address.Digest is { } digest)
        {
            file = file with { Expected = file.Expected with { Digest = digest } };
        }

        return await TryOpenCachedAsync(file, cancellationToken).ConfigureAwait(false) ?? await FetchAsync(file, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Stream?> TryOpenCachedAsync(HubFile file, CancellationToken cancellationToken)
    {
        if ((file.CachedPath ?? cache.FindFile(place.Repository, snapshot.Commit, file.Path)) is not { } path)
        {
            return null;
        }

        try
        {
            await file.Expected.RequireAsync(path, DisplayName, cancellationToken).ConfigureAwait(false);
            return DownloadFolder.OpenRead(path);
        }
        catch (ModelSourceCorruptedException) when (client is not null)
        {
            // What is damaged in the cache is the other tool's to mend; the hub has it whole.
            return null;
        }
    }

    private async ValueTask<Stream> FetchAsync(HubFile file, CancellationToken cancellationToken)
    {
        if (client is null)
        {
            throw new ModelSourceUnavailableException(DisplayName, $"the hub is not to be asked (HF_HUB_OFFLINE or HuggingFace:Offline), and its cache does not have '{file.Path}'. Fetch it while online, or allow the network.");
        }

        var path = DownloadFolder.PathOf(context.Folder, file.Path);
        await client.FetchAsync(place, snapshot.Commit, file, path, cancellationToken).ConfigureAwait(false);
        return DownloadFolder.OpenRead(path);
    }

    private string Candidates() => string.Join(", ", snapshot.Files.Keys.Order(StringComparer.Ordinal).Take(12).Select(file => $"'{file}'"));
}
