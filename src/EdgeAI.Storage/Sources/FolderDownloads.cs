using EdgeAI.Configuration;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources;

/// <summary>Fetches files into import folders, each with a journal beside it.</summary>
internal sealed class FolderDownloads(SourceOptions options) : IModelDownloads
{
    public async ValueTask<Stream> FetchAsync(RemoteFile file, ModelSourceContext context, CancellationToken cancellationToken = default)
    {
        var path = DownloadFolder.PathOf(context.Folder, file.Path);
        await new Download(options, context, file, new ExpectedContent(file.Digest, null, file.Length)).RunAsync(path, cancellationToken).ConfigureAwait(false);
        return DownloadFolder.OpenRead(path);
    }
}
