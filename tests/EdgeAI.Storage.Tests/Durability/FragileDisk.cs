using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>
/// A disk that keeps what was flushed and nothing else for sure. It watches a folder, remembers each file's bytes and each directory's names as of their last flush, and makes of
/// that and of what is there now what a power cut may leave: each name that was not flushed is old or new, each file that was not flushed old, new, torn, or empty,
/// in any combination. That is more than any journal lets happen. SQLite's files are taken as they are: SQLite flushes them itself.
/// </summary>
internal sealed class FragileDisk : IDisposable
{
    private const int Sector = 512;

    private readonly string _root;
    private readonly Func<bool> _isCut;
    private readonly Action<CutDisk> _cut;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly Dictionary<FileIdentity, byte[]> _files = [];
    private readonly Dictionary<FileIdentity, Dictionary<string, FileIdentity>> _folders = [];

    /// <summary>Watches a folder.</summary>
    /// <param name="root">It; its own name is safe.</param>
    /// <param name="random">Decides what is left.</param>
    /// <param name="isCut">Asked at each flush, before it counts: whether the power is cut there.</param>
    /// <param name="cut">Told what a cut leaves.</param>
    public FragileDisk(string root, Random random, Func<bool> isCut, Action<CutDisk> cut)
    {
        (_root, _random, _isCut, _cut) = (root, random, isCut, cut);
        FlushEvents.Flushed += OnFlushed;
    }

    public void Dispose() => FlushEvents.Flushed -= OnFlushed;

    private void OnFlushed(string path)
    {
        if (path != _root && !path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            if (_isCut())
            {
                _cut(Cut());
            }

            Remember(path);
        }
    }

    private void Remember(string path)
    {
        if (FileIdentity.Find(path) is not { } identity)
        {
            return;
        }

        if (Directory.Exists(path))
        {
            _folders[identity] = List(path);
        }
        else
        {
            _files[identity] = Read(path);
        }
    }

    private CutDisk Cut()
    {
        var left = new CutDisk();
        var places = new Dictionary<FileIdentity, string>();
        Find(_root, places);
        var survival = _random.Next(6) switch { 0 => 0.0, 1 => 1.0, _ => _random.NextDouble() };
        Leave(FileIdentity.Find(_root)!.Value, string.Empty, places, survival, left);
        return left;
    }

    private void Leave(FileIdentity identity, string name, Dictionary<FileIdentity, string> places, double survival, CutDisk left)
    {
        var place = places.GetValueOrDefault(identity);
        if (!_folders.ContainsKey(identity) && !Directory.Exists(place))
        {
            left.Files[name] = Path.GetFileName(name).Contains(".db", StringComparison.Ordinal) && place is not null ? Read(place) : Tear(identity, place, survival);
            return;
        }

        left.Folders.Add(name);
        var old = _folders.GetValueOrDefault(identity) ?? [];
        var now = place is null ? old : List(place);
        foreach (var entry in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var isNew = entry.EndsWith("-wal", StringComparison.Ordinal) || _random.NextDouble() < survival;
            if ((isNew ? now : old).TryGetValue(entry, out var child) && !entry.EndsWith("-shm", StringComparison.Ordinal))
            {
                Leave(child, Path.Combine(name, entry), places, survival, left);
            }
        }
    }

    private byte[] Tear(FileIdentity identity, string? place, double survival)
    {
        var old = _files.GetValueOrDefault(identity) ?? [];
        var now = place is null ? old : Read(place);
        if (old.AsSpan().SequenceEqual(now) || _random.NextDouble() < survival)
        {
            return now;
        }

        var torn = new byte[_random.Next(3) switch { 0 => old.Length, 1 => now.Length, _ => _random.Next(Math.Max(old.Length, now.Length) + 1) }];
        for (var at = 0; at < torn.Length; at += Sector)
        {
            var from = _random.Next(2) == 0 ? old : now;
            var length = Math.Min(Sector, Math.Min(torn.Length, from.Length) - at);
            if (length > 0)
            {
                from.AsSpan(at, length).CopyTo(torn.AsSpan(at));
            }
        }

        return torn;
    }

    private static void Find(string folder, Dictionary<FileIdentity, string> places)
    {
        foreach (var (name, identity) in List(folder))
        {
            var path = Path.Combine(folder, name);
            places[identity] = path;
            if (Directory.Exists(path))
            {
                Find(path, places);
            }
        }

        if (FileIdentity.Find(folder) is { } self)
        {
            places[self] = folder;
        }
    }

    private static Dictionary<string, FileIdentity> List(string folder)
    {
        var found = new Dictionary<string, FileIdentity>();
        foreach (var path in Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [])
        {
            if (FileIdentity.Find(path) is { } identity)
            {
                found[Path.GetFileName(path)] = identity;
            }
        }

        return found;
    }

    private static byte[] Read(string path)
    {
        // Empty, and whoever reads one holds it.
        if (path.EndsWith(".lock", StringComparison.Ordinal))
        {
            return [];
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.ToArray();
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
