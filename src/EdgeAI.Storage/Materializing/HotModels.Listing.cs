using System.Collections.Concurrent;
using System.Text;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>Hot models as others read them.</summary>
internal sealed partial class HotModels
{
    // What is noted of a large model takes long to read, and a reader asks for one range after another.
    private readonly ConcurrentDictionary<Digest, (DateTime WrittenAt, IReadOnlyList<LaidOutFile> Files)> _listings = [];

    /// <summary>Leases a hot model if it is laid out, and looks as it did; it is not made.</summary>
    /// <returns>Null when it is not.</returns>
    public async ValueTask<LaidOutModel?> FindAsync(Digest digest, CancellationToken cancellationToken)
    {
        var folder = directory.HotModel(digest);
        if (!Directory.Exists(folder))
        {
            _listings.TryRemove(digest, out _);
            return null;
        }

        FileLock? lease = await FileLock.AcquireSharedAsync(directory.HotLock(digest), wait, cancellationToken).ConfigureAwait(false);
        try
        {
            // The next load makes anew what is damaged.
            return Directory.Exists(folder) && await FindProblemAtLoadAsync(folder, cancellationToken).ConfigureAwait(false) is null
                ? new LaidOutModel(digest, FilesOf(digest, folder), Keep(ref lease))
                : null;
        }
        finally
        {
            lease?.Dispose();
        }
    }

    private IReadOnlyList<LaidOutFile> FilesOf(Digest digest, string folder)
    {
        var writtenAt = File.GetLastWriteTimeUtc(Path.Combine(folder, HotChecksums.FileName));
        if (_listings.TryGetValue(digest, out var known) && known.WrittenAt == writtenAt)
        {
            return known.Files;
        }

        IReadOnlyList<LaidOutFile> files = [.. HotChecksums.Read(folder).Select(file => new LaidOutFile(file.Path, file.Length, TagOf(file), Path.Combine(folder, file.Path)))];
        _listings[digest] = (writtenAt, files);
        return files;
    }

    private static string TagOf(HotFileRecord file) =>
        (file.Content ?? Digest.Of(Encoding.UTF8.GetBytes($"{file.Length}\n{string.Join('\n', file.Runs.Select(run => $"{run.Offset} {run.Hash}"))}"))).Hex;
}
