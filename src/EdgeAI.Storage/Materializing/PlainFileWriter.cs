using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model's files out as they are, for engines that map them, and checksums beside them.</summary>
internal sealed class PlainFileWriter(ModelManifest manifest, IHotSource source, string directory)
{
    private readonly List<HotChecksum> _checksums = [];

    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files)
        {
            var path = $"{HotModel.PlainName}/{file.Path}";
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, path))!);
            await WriteAsync(file, path, cancellationToken).ConfigureAwait(false);
        }

        foreach (var folder in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
        {
            DirectorySync.Flush(folder);
        }

        await HotChecksums.WriteAsync(directory, _checksums, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(ModelFile file, string path, CancellationToken cancellationToken)
    {
        HotRun[] runs = [.. HotRun.Gather(source.Cut(file.Path, 0, file.Length, 0))];
        using var output = File.OpenHandle(Path.Combine(directory, path), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        _checksums.AddRange(await HotRunWriter.WriteAsync(path, runs, source, output, cancellationToken).ConfigureAwait(false));
        RandomAccess.FlushToDisk(output);
    }
}
