using System.Runtime.CompilerServices;
using EdgeAI.Storage.Durability;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Tiers;

/// <summary>A tier in a directory on this machine: one file for each object.</summary>
internal sealed class LocalDirectoryTier : IStorageTier
{
    private const string TemporarySuffix = ".tmp";

    private readonly string _root;
    private readonly string _swapLock;
    private readonly Lock _swap = new();

    /// <summary>Makes a tier.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="root">The directory.</param>
    /// <param name="swapLock">The file that processes lock while they swap an object; null for one beside the directory.</param>
    public LocalDirectoryTier(string name, string root, string? swapLock = null)
    {
        Name = name;
        _root = Path.GetFullPath(root);
        _swapLock = swapLock ?? _root + ".lock";
    }

    public string Name { get; }

    public StorageTierProperties Properties { get; } = new(StorageLatency.SubMillisecond, IsDurable: true, IsRemote: false);

    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        if (File.Exists(path))
        {
            // Whoever gave it its name may have died before the name was on disk.
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
            return false;
        }

        var temporary = TemporaryFor(path);
        try
        {
            var file = DurableFile.Create(temporary);
            await using (file.ConfigureAwait(false))
            {
                await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                await DurableFile.FlushAsync(file, cancellationToken).ConfigureAwait(false);
            }

            return DurableFile.Publish(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Takes a flushed file on the same disk as an object, without copying it. It replaces what is there: that has the same name and should have the same bytes, and
    /// if a disk has changed them since, the new ones are right.
    /// </summary>
    public void Adopt(string key, string file)
    {
        var path = PathOf(key);
        DirectorySync.Create(Path.GetDirectoryName(path)!);
        DurableFile.Replace(file, path);
    }

    /// <summary>Takes a flushed file on the same disk as an object, in place of one that has its name and may be damaged.</summary>
    public void Replace(string key, string file)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(file, path);
    }

    /// <summary>Copies an object into a new file.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryCopy(string key, string file)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return false;
        }

        File.Copy(path, file);
        return true;
    }

    /// <summary>Opens an object to read it through; null when there is none.</summary>
    public FileStream? TryOpen(string key) => OpenOrNull(key) is { } handle ? new FileStream(handle, FileAccess.Read, bufferSize: 1 << 16) : null;

    /// <summary>Moves an object out of the tier, to a folder on the same disk.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryMoveAside(string key, string folder)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return false;
        }

        Directory.CreateDirectory(folder);
        DurableFile.Replace(path, Path.Combine(folder, Path.GetFileName(path)));
        return true;
    }

    /// <summary>Deletes what writers that crashed left under temporary names. The caller sees to it that nobody writes.</summary>
    /// <returns>The bytes that were given back.</returns>
    public long ClearTemporary_NeedsLock()
    {
        long bytes = 0;
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*" + TemporarySuffix, SearchOption.AllDirectories))
        {
            bytes += file.Length;
            file.Delete();
        }

        return bytes;
    }

    // Not asynchronous: who reads packs does so on a pool's thread already, and going to another one takes longer than the page cache does.
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var handle = OpenOrNull(key);
        if (handle is null)
        {
            return new(-1);
        }

        var done = 0;
        while (done < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination.Span[done..], offset + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return new(done);
    }

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        var file = new FileInfo(PathOf(key));
        return new(file.Exists ? file.Length : null);
    }

    public async IAsyncEnumerable<StorageObject> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var folder = new DirectoryInfo(Path.Combine(_root, Path.GetDirectoryName(prefix) ?? string.Empty));
        if (!folder.Exists)
        {
            yield break;
        }

        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !key.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            {
                yield return new StorageObject(key, file.Length);
            }
        }
    }

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return new(false);
        }

        File.Delete(path);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
        return new(true);
    }

    public ValueTask<bool> CompareAndSwapAsync(
        string key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, SmallObject.MaxLength, nameof(content));
        var path = PathOf(key);
        DirectorySync.Create(Path.GetDirectoryName(path)!);

        // Between processes the file decides, between threads the lock: a process may share its own file locks.
        lock (_swap)
        {
            using var file = LockForSwap(_swapLock, cancellationToken);
            return new(Swap_NeedsLock(path, expected, content));
        }
    }

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default)
    {
        var drive = new DriveInfo(_root);
        return new(new StorageTierCapacity(drive.TotalSize, drive.AvailableFreeSpace));
    }

    private static bool Swap_NeedsLock(string path, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content)
    {
        var current = File.Exists(path) ? File.ReadAllBytes(path) : null;
        var matches = expected is { } wanted ? current is not null && wanted.Span.SequenceEqual(current) : current is null;
        if (!matches)
        {
            return false;
        }

        var temporary = TemporaryFor(path);
        try
        {
            using (var file = DurableFile.Create(temporary))
            {
                file.Write(content.Span);
                DurableFile.Flush(file);
            }

            DurableFile.Replace(temporary, path);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static FileLock LockForSwap(string path, CancellationToken cancellationToken)
    {
        var spin = default(SpinWait);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FileLock.TryAcquireExclusive(path) is { } acquired)
            {
                return acquired;
            }

            spin.SpinOnce();
        }
    }

    private static string TemporaryFor(string path)
    {
        DirectorySync.Create(Path.GetDirectoryName(path)!);
        return $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
    }

    private SafeFileHandle? OpenOrNull(string key)
    {
        try
        {
            return File.OpenHandle(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(string key)
    {
        StorageKey.Validate(key);
        return Path.Combine(_root, key.Replace('/', Path.DirectorySeparatorChar));
    }
}
