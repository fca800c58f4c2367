using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Reading;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// The hot tier. A model's folder appears by a rename, whole; it is made once, however many processes ask. Whoever uses it holds a shared
/// lock, whoever drops it an exclusive one.
/// </summary>
/// <param name="directory">Where the store is.</param>
/// <param name="manifests">What models are.</param>
/// <param name="chunks">What they are made of.</param>
/// <param name="wait">How long to wait for other processes.</param>
/// <param name="alwaysVerify">Whether hot files are compared with their checksums each time that they are leased.</param>
/// <param name="logger">Told of damage.</param>
/// <param name="shares">Whether bytes are taken from other hot models, compared by checksums: not where somebody may have changed both.</param>
/// <param name="makeRoom">Called before a model is laid out.</param>
internal sealed partial class HotModels(
    StoreDirectory directory,
    ManifestStore manifests,
    ChunkReader chunks,
    LockWait wait,
    bool alwaysVerify,
    ILogger logger,
    bool shares,
    Func<Digest, ModelManifest, CancellationToken, ValueTask> makeRoom)
{
    // A folder that is being made is one of its own, under the model's lock, so that whoever comes after a crash goes on with it.
    private const string UnfinishedSuffix = ".unfinished";

    // One that goes is renamed first: a folder that a crash left half deleted would be leased as if it were whole.
    private const string DroppedSuffix = ".dropped";

    private static readonly TimeSpan UnfinishedKept = TimeSpan.FromDays(7);

    /// <summary>Makes a hot model if it is not there, and leases it.</summary>
    /// <param name="digest">The manifest. The caller is in an epoch, which keeps its content.</param>
    /// <param name="over">Makes of the store's source the one that it is made from; null for the store's.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async ValueTask<IHotModel> LeaseAsync(Digest digest, Func<IHotSource, ModelManifest, IHotSource>? over, CancellationToken cancellationToken)
    {
        var manifest = await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
        var folder = directory.HotModel(digest);
        var started = wait.Time.GetTimestamp();
        var wasInUse = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(folder))
            {
                FileLock? lease = await FileLock.AcquireSharedAsync(directory.HotLock(digest), wait, cancellationToken).ConfigureAwait(false);
                string? problem = null;
                var compared = wait.Time.GetTimestamp();
                try
                {
                    if (Directory.Exists(folder) && (problem = await FindProblemAtLoadAsync(folder, cancellationToken).ConfigureAwait(false)) is null)
                    {
                        return new HotModel(digest, manifest, folder, Keep(ref lease));
                    }
                }
                finally
                {
                    lease?.Dispose();
                }

                // Who else found it may have made it again by now; then there is nothing wrong the next time.
                if (problem is not null && !await TryDropDamagedAsync(digest, problem, wait.Time.GetElapsedTime(compared), cancellationToken).ConfigureAwait(false) && wasInUse)
                {
                    throw new StorageException(
                        folder,
                        $"The hot files in '{folder}' are damaged: {problem}. They are in use, so they can't be made again: unload the model everywhere, and load it anew.");
                }

                wasInUse = problem is not null;
                continue;
            }

            // Only tried, never waited for: who made the folder in the meantime may hold a shared lock for as long as the model is used.
            using (var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest)))
            {
                if (exclusive is not null)
                {
                    await MakeAsync(digest, manifest, folder, over, cancellationToken).ConfigureAwait(false);
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

        var bytes = LengthOf(folder);

        var dropped = folder.FullName + DroppedSuffix;
        StoreDirectory.DeleteStaging(dropped);
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

    /// <summary>Deletes what interrupted materialisations left, where the model is gone or nobody has gone on for long, and what interrupted drops left.</summary>
    /// <param name="live">The manifests that names refer to.</param>
    /// <returns>The bytes that were given back.</returns>
    public long ClearUnfinished(IReadOnlySet<Digest> live)
    {
        long bytes = 0;
        foreach (var path in Directory.GetDirectories(directory.Hot, "*" + UnfinishedSuffix).Concat(Directory.GetDirectories(directory.Hot, "*" + DroppedSuffix)))
        {
            if (DigestOf(Path.GetFileNameWithoutExtension(path)) is not { } digest)
            {
                continue;
            }

            // Looked at under its lock only: until then it may be finished, and gone, or gone on with.
            using var exclusive = FileLock.TryAcquireExclusive(directory.HotLock(digest));
            var folder = new DirectoryInfo(path);
            if (exclusive is not null && folder.Exists && !(live.Contains(digest) && IsRecent(folder)))
            {
                bytes += LengthOf(folder);
                folder.Delete(recursive: true);
            }
        }

        return bytes;
    }

    /// <summary>What a hot model takes on disk, with what is derived from it; zero when it is not laid out.</summary>
    public long GetLength(Digest digest)
    {
        try
        {
            return LengthOf(new DirectoryInfo(directory.HotModel(digest)));
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or FileNotFoundException)
        {
            // It is not there, or goes just now.
            return 0;
        }
    }

    /// <summary>The models that are laid out.</summary>
    public IReadOnlyList<Digest> List() => Directory.Exists(directory.Hot)
        ? [.. Directory.EnumerateDirectories(directory.Hot)
            .Select(folder => DigestOf(Path.GetFileName(folder)))
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

        foreach (var written in WrittenIn(folder))
        {
            if (await HotChecksums.FindProblemAsync(written, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }

            if (HotStamps.FindProblem(written) is { } unreadable)
            {
                return unreadable;
            }
        }

        return null;
    }

    // Each run that is written is a line in the journal; without one, nobody goes on.
    private bool IsRecent(DirectoryInfo folder) =>
        wait.Time.GetUtcNow() - File.GetLastWriteTimeUtc(Path.Combine(folder.FullName, HotJournal.FileName)) < UnfinishedKept;

    private async ValueTask MakeAsync(Digest digest, ModelManifest manifest, string folder, Func<IHotSource, ModelManifest, IHotSource>? over, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        await makeRoom(digest, manifest, cancellationToken).ConfigureAwait(false);

        // The hot lock keeps everybody else away from the unfinished folder, a collection too.
        var unfinished = folder + UnfinishedSuffix;
        try
        {
            Directory.CreateDirectory(unfinished);
            using (var journal = new HotJournal(unfinished))
            {
                var source = new StoredHotSource(manifest, chunks);
                await WriteAsync(manifest, unfinished, over?.Invoke(source, manifest) ?? source, journal, cancellationToken).ConfigureAwait(false);
            }

            Publish(unfinished, folder);
        }
        catch (MalformedModelException exception)
        {
            StoreDirectory.DeleteStaging(unfinished);
            throw new InvalidModelException(manifest.Files[0].Path, exception.Message, exception.Offset, exception);
        }
        catch (ContentCorruptedException)
        {
            // Nothing goes on from here until the model is imported again; all else that fails is gone on from.
            StoreDirectory.DeleteStaging(unfinished);
            throw;
        }
    }

    private static void Publish(string unfinished, string folder)
    {
        File.Delete(Path.Combine(unfinished, HotJournal.FileName));
        DurableFile.PublishDirectory(unfinished, folder);
    }

    private async ValueTask WriteAsync(ModelManifest manifest, string unfinished, IHotSource source, HotJournal journal, CancellationToken cancellationToken)
    {
        var others = List().Select(directory.HotModel);
        var folder = new HotFolderWriter(unfinished, source, new HotDonors(shares ? others : []), journal);
        if (manifest.Format != ModelFormat.Onnx)
        {
            await new PlainFileWriter(manifest, folder).WriteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var model = await OnnxModelParser.ParseAsync(folder.Source, cancellationToken).ConfigureAwait(false);
        await new HotFileWriter(model, folder).WriteAsync(cancellationToken).ConfigureAwait(false);
    }

    private static FileLock Keep(ref FileLock? lease)
    {
        var kept = lease!;
        lease = null;
        return kept;
    }

    private static Digest? DigestOf(string name) => Digest.TryParse("sha256:" + name, null, out var digest) ? digest : null;

    private static long LengthOf(DirectoryInfo folder) => folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
