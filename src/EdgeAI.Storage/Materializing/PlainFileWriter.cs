using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model's files out as they are, for engines that map them.</summary>
internal sealed class PlainFileWriter(ModelManifest manifest, HotFolderWriter folder)
{
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files)
        {
            var path = $"{HotModel.PlainName}/{file.Path}";
            Directory.CreateDirectory(Path.GetDirectoryName(folder.PathOf(path))!);
            await folder.WriteAsync(path, file.Length, folder.Source.Cut(file.Path, 0, file.Length, 0), cancellationToken).ConfigureAwait(false);
        }

        await folder.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }
}
