using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model's files out as they are, for engines that map them, and checksums beside them.</summary>
internal sealed class PlainFileWriter(ModelManifest manifest, ChunkReader chunks, string directory)
{
    private const int BufferSize = 1 << 20;

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
        var hash = new XxHash128();
        var output = DurableFile.Create(Path.Combine(directory, path));
        await using (output.ConfigureAwait(false))
        {
            var content = new ChunkedStream(file, chunks);
            await using (content.ConfigureAwait(false))
            {
                var buffer = new byte[(int)Math.Min(Math.Max(1, file.Length), BufferSize)];
                int read;
                while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    hash.Append(buffer.AsSpan(0, read));
                    await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }
            }

            await DurableFile.FlushAsync(output, cancellationToken).ConfigureAwait(false);
        }

        _checksums.Add(new HotChecksum(path, 0, file.Length, Convert.ToHexStringLower(hash.GetCurrentHash())));
    }
}
