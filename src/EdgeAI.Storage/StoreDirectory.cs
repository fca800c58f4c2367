using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage;

/// <summary>Where things are in a store's directory. Names from outside are hashed before they become part of a path.</summary>
internal sealed class StoreDirectory
{
    private const char EpochSeparator = '-';
    /// <summary>The folder of a store's, or of a tier's, that holds objects.</summary>
    public const string ObjectsName = "objects";

    private const string StagingName = "staging";

    public StoreDirectory(string root, TiersOptions? tiers = null)
    {
        Root = Path.GetFullPath(root);
        HotTier = FullPath(tiers?.Hot);
        WarmTier = FullPath(tiers?.Warm);
        ColdTier = FullPath(tiers?.Cold);

        // Packs are moved to their place by a rename: what becomes one is on their disk.
        var packs = WarmTier ?? Root;
        Objects = Path.Combine(Root, ObjectsName);
        WarmObjects = Path.Combine(packs, ObjectsName);
        ColdObjects = ColdTier is null ? null : Path.Combine(ColdTier, ObjectsName);
        Hot = Path.Combine(HotTier ?? Root, "hot");
        Staging = Path.Combine(packs, StagingName);
        IndexStaging = Path.Combine(Root, StagingName);
        Downloads = Path.Combine(packs, "downloads");
        Locks = Path.Combine(Root, "locks");
        Incoming = Path.Combine(packs, "incoming");
        Quarantine = Path.Combine(packs, "quarantine");
        Epochs = Path.Combine(Locks, "epochs");
    }

    public string Root { get; }

    /// <summary>The directories of tiers that are elsewhere; null for those that are within <see cref="Root"/>, and for a cold tier that there is not.</summary>
    public string? HotTier { get; }

    /// <inheritdoc cref="HotTier"/>
    public string? WarmTier { get; }

    /// <inheritdoc cref="HotTier"/>
    public string? ColdTier { get; }

    /// <summary>Manifests, names and other small objects, and packs where there is no warm tier elsewhere.</summary>
    public string Objects { get; }

    /// <summary>Packs.</summary>
    public string WarmObjects { get; }

    /// <summary>Packs of models that are not used; null when there is no cold tier.</summary>
    public string? ColdObjects { get; }

    /// <summary>The latest uses of models.</summary>
    public string Uses => Path.Combine(Root, "uses.log");

    /// <summary>Held for a moment by whoever notes a use.</summary>
    public string UsesLock => Path.Combine(Locks, "uses.lock");

    /// <summary>One folder for each model that is laid out.</summary>
    public string Hot { get; }

    /// <summary>What is being written; empty when nobody works here.</summary>
    public string Staging { get; }

    /// <summary>Where an index is made, on the disk where it is used.</summary>
    public string IndexStaging { get; }

    /// <summary>What is being fetched from elsewhere, or was when a process ended; made when there is something.</summary>
    public string Downloads { get; }

    public string Locks { get; }

    /// <summary>Held for a moment by whoever opens the store: one makes or rebuilds the index, the others find it.</summary>
    public string OpenLock => Path.Combine(Locks, "open.lock");

    /// <summary>Held for a moment by whoever swaps a small object.</summary>
    public string SwapLock => Path.Combine(Locks, "swap.lock");

    /// <summary>A folder for each model that is being pulled, or whose pull was interrupted; made when there is one.</summary>
    public string Incoming { get; }

    /// <summary>Objects that were damaged beyond repair; made when there is one.</summary>
    public string Quarantine { get; }

    /// <summary>A file for each epoch, held shared by whoever works in it.</summary>
    public string Epochs { get; }

    /// <summary>Held shared for the moment in which objects and their entries in the index come to be, exclusively for the moment in which objects are deleted.</summary>
    public string CommitLock => Path.Combine(Locks, "commit.lock");

    /// <summary>Held exclusively by whoever collects, packs anew or repairs: one at a time.</summary>
    public string MaintenanceLock => Path.Combine(Locks, "maintenance.lock");

    /// <summary>Held by whoever imports under a name, for as long as the import takes.</summary>
    public string ImportLock(ModelReference model) => Path.Combine(Locks, "import-" + HashOf(model) + ".lock");

    /// <summary>Held by whoever sets or removes a name, while its object and its row change.</summary>
    public string NameLock(ModelReference model) => Path.Combine(Locks, "name-" + HashOf(model) + ".lock");

    /// <summary>Held shared by whoever uses a hot model, exclusively by whoever makes or drops it.</summary>
    public string HotLock(Digest manifest) => Path.Combine(Locks, "hot-" + manifest.Hex + ".lock");

    /// <summary>Held by whoever pulls a version, for as long as that takes.</summary>
    public string PullLock(Digest manifest) => Path.Combine(Locks, "pull-" + manifest.Hex + ".lock");

    /// <summary>Held by whoever sends to a cluster.</summary>
    public string SendLock(string cluster) => Path.Combine(Locks, "send-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cluster))) + ".lock");

    public string IncomingModel(Digest manifest) => Path.Combine(Incoming, manifest.Hex);

    public string HotModel(Digest manifest) => Path.Combine(Hot, manifest.Hex);

    /// <summary>Makes what is not there, and puts the names of what is on disk: whoever made it may have died before that.</summary>
    public void Create()
    {
        DirectorySync.Create(Root);
        foreach (var directory in (ReadOnlySpan<string>)[Objects, WarmObjects, ColdObjects ?? Objects, Hot, Staging, IndexStaging, Locks, Epochs])
        {
            Directory.CreateDirectory(directory);
        }

        if (Path.GetDirectoryName(Root) is { } parent)
        {
            DirectorySync.FlushIfReadable(parent);
        }

        DirectorySync.Flush(Root);
        foreach (var objects in new[] { Objects, WarmObjects, ColdObjects }.OfType<string>().Distinct())
        {
            DirectorySync.Flush(objects);
            foreach (var directory in Directory.EnumerateDirectories(objects))
            {
                DirectorySync.Flush(directory);
            }
        }
    }

    /// <summary>A new, empty folder for what is being written.</summary>
    /// <param name="epoch">The epoch that the caller is in; once it is over for everybody, what is left of the folder is garbage.</param>
    public string CreateStaging(long epoch) => CreateStaging(Staging, epoch);

    /// <inheritdoc cref="CreateStaging(long)"/>
    public string CreateIndexStaging(long epoch) => CreateStaging(IndexStaging, epoch);

    /// <summary>Deletes a staging folder, or what is left of it.</summary>
    public static void DeleteStaging(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It has been moved away, or whoever is alone in the store has cleared it.
        }
    }

    /// <summary>Deletes what crashed processes left in epochs that are over for everybody.</summary>
    /// <param name="lastOver">The last such epoch.</param>
    public void ClearStaging(long lastOver)
    {
        foreach (var folder in new[] { Staging, IndexStaging }.Distinct().SelectMany(Directory.GetDirectories))
        {
            var name = Path.GetFileName(folder.AsSpan());
            var end = name.IndexOf(EpochSeparator);
            if (end < 0 || !long.TryParse(name[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) || epoch <= lastOver)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Where what comes from an address goes, and the lock that is held meanwhile.</summary>
    public (string Folder, string Lock) Download(string address) => (Path.Combine(Downloads, HashOf(address)), DownloadLock(HashOf(address)));

    /// <summary>Deletes what nobody fetches, and nobody has in a while.</summary>
    /// <param name="before">When it was last written to, at the latest.</param>
    public void ClearDownloads(DateTimeOffset before)
    {
        if (!Directory.Exists(Downloads))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Downloads))
        {
            using var single = FileLock.TryAcquireExclusive(DownloadLock(Path.GetFileName(folder)));
            if (single is not null && Directory.EnumerateFiles(folder).All(file => File.GetLastWriteTimeUtc(file) < before))
            {
                DeleteStaging(folder);
            }
        }
    }

    private static string? FullPath(TierOptions? tier) => tier?.Directory is { } directory ? Path.GetFullPath(directory) : null;

    private static string CreateStaging(string staging, long epoch)
    {
        var path = Path.Combine(staging, $"{epoch}{EpochSeparator}{Guid.NewGuid():N}");
        Directory.CreateDirectory(path);
        return path;
    }

    private string DownloadLock(string hash) => Path.Combine(Locks, "download-" + hash + ".lock");

    private static string HashOf(ModelReference model) => HashOf(model.ToString());

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
