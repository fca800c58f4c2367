using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model's files out as they are, for engines that map them.</summary>
internal sealed class PlainFileWriter(ModelManifest manifest, HotFolderWriter folder)
{
    /// <summary>A file's path in the folder.</summary>
    public static string PathOf(ModelFile file) => $"{HotModel.PlainName}/{file.Path}";

    /// <summary>What a file is made of.</summary>
    public static IEnumerable<HotPart> PartsOf(ModelFile file, IHotSource source) => source.Cut(file.Path, 0, file.Length, 0);

    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files)
        {
            var path = PathOf(file);
            Directory.CreateDirectory(Path.GetDirectoryName(folder.PathOf(path))!);
            await folder.WriteAsync(path, file.Length, PartsOf(file, folder.Source), cancellationToken).ConfigureAwait(false);
        }

        await folder.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }
}
