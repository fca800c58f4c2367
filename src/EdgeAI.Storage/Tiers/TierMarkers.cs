using System.Text.Json;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Tiers;

/// <summary>
/// A file in each tier's directory that says whose it is, and one in the store's that says where packs are: a disk that is not mounted, a directory of another store or a place that the configuration has forgotten is
/// noticed before anything counts as lost. Thread-safe.
/// </summary>
/// <param name="root">The store's own directory.</param>
/// <param name="packs">Directories of tiers that hold packs, beside the store's own.</param>
/// <param name="hot">The directory of hot files, where it is not within the store's own.</param>
internal sealed class TierMarkers(string root, IReadOnlyList<string> packs, string? hot)
{
    private const string FileName = "edgeai-store.json";

    /// <summary>Looks whether all tiers are there, and marks those that are new.</summary>
    /// <exception cref="StorageTierUnavailableException">One is not.</exception>
    public void Open_NeedsLock()
    {
        var known = Read(root);
        if (known is null && packs.Count == 0 && hot is null)
        {
            return;
        }

        var forgotten = known?.Packs.Where(place => !packs.Contains(place) && !IsEmpty(place)).ToList() ?? [];
        if (forgotten.Count > 0)
        {
            throw new StorageTierUnavailableException(
                forgotten[0],
                $"The store in '{root}' keeps packs in '{forgotten[0]}', which is no tier of its configuration. Add it as its warm or cold tier; to give it up, add it as the warm one of a new store and pull or import from there.");
        }

        var store = known?.Store ?? Guid.NewGuid();
        foreach (var place in packs)
        {
            Mark(place, store, isNew: known?.Packs.Contains(place) != true);
        }

        if (hot is not null)
        {
            // Hot files can be made again: a new disk in the old one's place is as good.
            Mark(hot, store, isNew: true);
        }

        if (known is null || !known.Packs.SequenceEqual(packs))
        {
            Write(root, new Marker(store, [.. packs]));
        }
    }

    /// <summary>Looks whether the tiers that hold packs are there.</summary>
    /// <exception cref="StorageTierUnavailableException">One is not.</exception>
    public void Require()
    {
        foreach (var place in packs)
        {
            if (!File.Exists(Path.Combine(place, FileName)))
            {
                throw Away(place);
            }
        }
    }

    /// <summary>The directories that hold packs of a store, beside its own.</summary>
    public static IReadOnlyList<string> ReadPacks(string root) => Read(root)?.Packs ?? [];

    private static StorageTierUnavailableException Away(string place) =>
        new(place, $"The tier's directory '{place}' is not there, or is empty: is its disk mounted? What is only there can't be read until it is.");

    private static void Mark(string place, Guid store, bool isNew)
    {
        var marker = Read(place);
        if (marker is null && !isNew)
        {
            throw Away(place);
        }

        if (marker is not null && marker.Store != store)
        {
            throw new StorageTierUnavailableException(place, $"The directory '{place}' is a tier of another store: give each store directories of its own.");
        }

        if (marker is null)
        {
            DirectorySync.Create(place);
            Write(place, new Marker(store, []));
        }
    }

    private static bool IsEmpty(string place) =>
        Directory.Exists(place) && File.Exists(Path.Combine(place, FileName))
        && !Directory.EnumerateFiles(place, "*.pack", new EnumerationOptions { RecurseSubdirectories = true }).Any();

    private static Marker? Read(string place)
    {
        var path = Path.Combine(place, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), MarkerJson.Default.Marker) : null;
        }
        catch (JsonException exception)
        {
            throw new StorageException(path, $"The file '{path}' is damaged: {exception.Message} It says where the store's packs are. Restore it, or delete it when all of the store's disks are there.", exception);
        }
    }

    private static void Write(string place, Marker marker)
    {
        var path = Path.Combine(place, FileName);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var file = DurableFile.Create(temporary))
        {
            JsonSerializer.Serialize(file, marker, MarkerJson.Default.Marker);
            DurableFile.Flush(file);
        }

        DurableFile.Replace(temporary, path);
    }
}
