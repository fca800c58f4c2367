using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>Writes hot files into a folder, and what they are beside them. Not thread-safe.</summary>
/// <param name="directory">The folder; what an interrupted writer left may be in it.</param>
/// <param name="source">Where the bytes come from.</param>
/// <param name="donors">Other models' hot files.</param>
/// <param name="journal">What was written into the folder before; null for an empty folder.</param>
internal sealed class HotFolderWriter(string directory, IHotSource source, HotDonors? donors = null, HotJournal? journal = null)
{
    private readonly List<HotFileRecord> _files = [];

    public IHotSource Source => source;

    /// <summary>Where a file of the folder is.</summary>
    public string PathOf(string path) => Path.Combine(directory, path);

    /// <summary>Opens a new file that is small, and written by hand.</summary>
    public FileStream Create(string path)
    {
        File.Delete(PathOf(path));
        return DurableFile.Create(PathOf(path));
    }

    /// <summary>Takes a file that was written by hand and flushed.</summary>
    public void Add(string path, SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var runs = new List<HotChecksum>();
        for (long offset = 0; offset < length;)
        {
            var plain = new byte[(int)Math.Min(length - offset, 1 << 20)];
            RandomAccess.Read(file, plain, offset);
            runs.Add(new HotChecksum(offset, plain.Length, HotChecksums.HashOf(plain), null));
            offset += plain.Length;
        }

        _files.Add(new HotFileRecord(path, length, null, runs));
    }

    /// <summary>Writes a file that is made of parts.</summary>
    /// <param name="path">Its path within the folder.</param>
    /// <param name="length">Its length.</param>
    /// <param name="parts">All of it but zeros, in order.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    public async ValueTask WriteAsync(string path, long length, IEnumerable<HotPart> parts, CancellationToken cancellationToken)
    {
        HotRun[] runs = [.. HotRun.Gather(parts)];
        Digest?[] contents = [.. runs.Select(HotContent.Of)];
        var content = HotContent.Of(length, runs, contents);
        if (donors is not null && content is { } known
            && await donors.TryLinkAsync(known, PathOf(path), cancellationToken).ConfigureAwait(false) is { } shared)
        {
            // Its bytes are on disk under another name; that they are under this one is made sure of too.
            using var linked = File.OpenHandle(PathOf(path));
            DurableFile.Flush(linked, PathOf(path));
            _files.Add(shared with { Path = path });
            return;
        }

        using var file = Open(PathOf(path));
        var checksums = await new HotRunWriter(path, source, file, donors, journal).WriteAsync(runs, contents, cancellationToken).ConfigureAwait(false);
        if (RandomAccess.GetLength(file) != length)
        {
            RandomAccess.SetLength(file, length);
        }

        DurableFile.Flush(file, PathOf(path));
        _files.Add(new HotFileRecord(path, length, content, checksums));
    }

    /// <summary>Ends the writing: nobody may write to the files any more.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        File.Delete(PathOf(HotChecksums.FileName));
        await HotChecksums.WriteAsync(directory, _files, cancellationToken).ConfigureAwait(false);
        foreach (var file in _files)
        {
            SharedFile.MakeReadOnly(PathOf(file.Path));
        }

        await HotStamps.WriteAsync(directory, _files, cancellationToken).ConfigureAwait(false);

        foreach (var folder in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
        {
            DirectorySync.Flush(folder);
        }
    }

    // Not preallocated: where the disk is full, .NET then throws an exception that does not say so by its code. What is read-only may have a second name in another model's folder.
    public static SafeFileHandle Open(string path)
    {
        if (File.Exists(path) && SharedFile.IsReadOnly(path))
        {
            File.Delete(path);
        }

        return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }
}
