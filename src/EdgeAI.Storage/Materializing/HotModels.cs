using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// The hot tier. A model's folder appears by a rename, whole; it is made once, however many processes ask. Whoever uses it holds a shared
/// lock, whoever drops it an exclusive one.
/// </summary>
internal sealed class HotModels(StoreDirectory directory, ManifestStore manifests, ChunkReader chunks, LockWait wait)
{
    /// <summary>Makes a hot model if it is not there, and leases it.</summary>
    public async ValueTask<IHotModel> LeaseAsync(Digest digest, CancellationToken cancellationToken)
    {
        var manifest = await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
        var folder = directory.HotModel(digest);
        var started = wait.Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(folder))
            {
                var lease = await FileLock.AcquireSharedAsync(directory.HotLock(digest), wait, cancellationToken).ConfigureAwait(false);
                if (Directory.Exists(folder))
                {
                    return new HotModel(digest, manifest, folder, lease);
                }

                lease.Dispose();
            }

            // Only tried, never waited for: who made the folder in the meantime may hold a shared lock for as long as the model is used.
            using (var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest)))
            {
                if (exclusive is not null)
                {
                    await MakeAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
                    continue;
                }
            }

            await wait.PauseAsync(directory.HotLock(digest), started, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops a hot model, unless somebody uses it.</summary>
    /// <returns>The bytes that were given back; null when it is in use.</returns>
    public long? TryDrop(Digest digest)
    {
        using var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest));
        var folder = new DirectoryInfo(directory.HotModel(digest));
        if (exclusive is null || !folder.Exists)
        {
            return exclusive is null ? null : 0;
        }

        var bytes = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        // In one step, like it came, and on disk before any of its files goes: one that a crash left half deleted would be leased as if it were whole.
        var dropped = directory.CreateStaging();
        Directory.Delete(dropped);
        folder.MoveTo(dropped);
        DirectorySync.Flush(directory.Hot);
        StoreDirectory.DeleteStaging(dropped);
        return bytes;
    }

    /// <summary>Deletes what writers that crashed left beside a hot model, unless somebody uses it.</summary>
    public void ClearDerived(Digest digest)
    {
        using var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest));
        var derived = Path.Combine(directory.HotModel(digest), HotModel.DerivedName);
        if (exclusive is null || !Directory.Exists(derived))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(derived, IHotModel.StagingPrefix + "*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The models that are laid out.</summary>
    public IReadOnlyList<Digest> List() => Directory.Exists(directory.Hot)
        ? [.. Directory.EnumerateDirectories(directory.Hot)
            .Select(folder => Digest.TryParse("sha256:" + Path.GetFileName(folder), null, out var digest) ? digest : (Digest?)null)
            .OfType<Digest>()]
        : [];

    /// <summary>Reads the files of a hot model back, and of what is derived from it.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async ValueTask<string?> FindProblemAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var lease = await FileLock.AcquireSharedAsync(directory.HotLock(digest), wait, cancellationToken).ConfigureAwait(false);
        var folder = directory.HotModel(digest);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        // A model's own file may have the name of ours; only what we wrote is read as checksums.
        var derived = Path.Combine(folder, HotModel.DerivedName);
        var checksums = Directory.Exists(derived) ? Directory.EnumerateFiles(derived, HotChecksums.FileName, SearchOption.AllDirectories) : [];
        foreach (var written in checksums.Select(path => Path.GetDirectoryName(path)!).Prepend(folder))
        {
            if (await HotChecksums.FindProblemAsync(written, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private async ValueTask MakeAsync(ModelManifest manifest, string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        // The shared store lock keeps a collection away from the staging folder.
        using var shared = await FileLock.AcquireSharedAsync(directory.StoreLock, wait, cancellationToken).ConfigureAwait(false);
        var staging = directory.CreateStaging();
        try
        {
            await WriteAsync(manifest, staging, cancellationToken).ConfigureAwait(false);
            DurableFile.PublishDirectory(staging, folder);
        }
        catch (MalformedModelException exception)
        {
            throw new InvalidModelException(manifest.Files[0].Path, exception.Message, exception.Offset, exception);
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    private async ValueTask WriteAsync(ModelManifest manifest, string staging, CancellationToken cancellationToken)
    {
        if (manifest.Format != ModelFormat.Onnx)
        {
            await new PlainFileWriter(manifest, chunks, staging).WriteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var files = new StoredModelFiles(manifest, chunks);
        var model = await OnnxModelParser.ParseAsync(files, cancellationToken).ConfigureAwait(false);
        await new HotFileWriter(model, files, staging).WriteAsync(cancellationToken).ConfigureAwait(false);
    }
}
