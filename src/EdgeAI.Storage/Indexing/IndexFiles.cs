using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Indexing;

/// <summary>
/// Which database file of a store counts. Each has a name of its own, so that one can take another's place while processes have the old one open; an
/// empty file beside it, that nobody keeps open, says that it is the current one, and is renamed to say that another is. See the readme.
/// </summary>
internal sealed class IndexFiles(string root)
{
    private const string Prefix = "index-";
    private const string DatabaseSuffix = ".db";
    private const string MarkerSuffix = ".current";

    // Each miss takes another rename, and there are milliseconds between two.
    private const int Listings = 8;

    // What stores had before names were objects: they lived in this database alone.
    private readonly string _legacy = Path.Combine(root, "index.db");

    private volatile string? _generation;

    /// <summary>The database of a store from before names were objects; null when there is none.</summary>
    public string? Legacy => File.Exists(_legacy) ? _legacy : null;

    /// <summary>The current database; null when there is none. Two look-ups in a directory: for every call.</summary>
    public string? FindCurrent()
    {
        var generation = _generation;
        if (generation is null || !IsPresent(generation))
        {
            var current = FindGeneration();
            if (generation is not null && generation != current)
            {
                // What others have replaced, this process must not keep open.
                StoreIndex.Close(DatabaseOf(generation));
            }

            _generation = generation = current;
        }

        return generation is null ? null : DatabaseOf(generation);
    }

    /// <summary>
    /// Makes a database the current one. The caller keeps changes away. What was current before stays until somebody is alone in the store: others may be reading it.
    /// </summary>
    /// <param name="database">A complete database that nobody has open, on the same disk; it gets another name.</param>
    public void Replace_NeedsLock(string database)
    {
        var generation = Guid.NewGuid().ToString("N")[..16];
        DurableFile.Publish(database, DatabaseOf(generation));
        if (ListMarkers().FirstOrDefault() is { } before)
        {
            File.Move(MarkerOf(before), MarkerOf(generation));
            DirectorySync.Flush(root);
        }
        else
        {
            using var marker = DurableFile.Create(MarkerOf(generation));
            DurableFile.Flush(marker);
            DirectorySync.Flush(root);
        }

        FindCurrent();
    }

    /// <summary>Deletes databases that do not count any more. The caller is alone in the store.</summary>
    public void Clear_NeedsLock()
    {
        if (FindCurrent() is not { } current)
        {
            return;
        }

        string[] others = [.. Directory.EnumerateFiles(root, Prefix + "*" + DatabaseSuffix).Where(path => path != current), _legacy];
        foreach (var path in others.Where(File.Exists))
        {
            StoreIndex.Close(path);
            DeleteUnlessOpen(path);
            DeleteUnlessOpen(path + "-wal");
            DeleteUnlessOpen(path + "-shm");
        }
    }

    // Windows keeps what another process still has open; whoever is alone in the store next time tries again.
    private static void DeleteUnlessOpen(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException exception) when (StorageErrors.IsSharingViolation(exception))
        {
        }
    }

    // Who lists a folder while a file in it is renamed may meet the file under either name, both or none.
    private string? FindGeneration()
    {
        for (var attempt = 0; attempt < Listings && Directory.Exists(root); attempt++)
        {
            if (ListMarkers().FirstOrDefault(IsPresent) is { } generation)
            {
                return generation;
            }
        }

        return null;
    }

    private IEnumerable<string> ListMarkers() =>
        Directory.EnumerateFiles(root, Prefix + "*" + MarkerSuffix).Select(path => Path.GetFileName(path)[Prefix.Length..^MarkerSuffix.Length]);

    private bool IsPresent(string generation) => File.Exists(MarkerOf(generation)) && File.Exists(DatabaseOf(generation));

    private string DatabaseOf(string generation) => Path.Combine(root, Prefix + generation + DatabaseSuffix);

    private string MarkerOf(string generation) => Path.Combine(root, Prefix + generation + MarkerSuffix);
}
