using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model's files out as they are, for engines that map them, and checksums beside them.</summary>
internal sealed class PlainFileWriter(ModelManifest manifest, ChunkReader chunks, string directory)
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
        var output = DurableFile.Create(Path.Combine(directory, path));
        await using (output.ConfigureAwait(false))
        {
            await ParallelReader.CopyAsync(file, chunks, output.SafeFileHandle, cancellationToken).ConfigureAwait(false);
            await DurableFile.FlushAsync(output, cancellationToken).ConfigureAwait(false);
            var hash = await HotChecksums.HashAsync(output.SafeFileHandle, 0, file.Length, cancellationToken).ConfigureAwait(false);
            _checksums.Add(new HotChecksum(path, 0, file.Length, hash));
        }
    }
}
