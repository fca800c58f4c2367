using System.Globalization;

namespace EdgeAI.Memory;

/// <summary>The memory group that this process is in, and the groups around it, of either version. A limit anywhere on the way up counts.</summary>
internal sealed class ControlGroup
{
    private readonly IReadOnlyList<string> _folders;
    private readonly bool _isVersion2;

    private ControlGroup(IReadOnlyList<string> folders, bool isVersion2)
    {
        _folders = folders;
        _isVersion2 = isVersion2;
    }

    /// <summary>The file with the group's own stalls; null when the version has none.</summary>
    public string? StallPath => _isVersion2 && _folders.Count > 0 ? Path.Combine(_folders[0], "memory.pressure") : null;

    /// <summary>Finds the group where systems mount it: <c>/sys/fs/cgroup</c>, and <c>memory</c> in it for version 1.</summary>
    /// <param name="root">The root of the file system.</param>
    public static ControlGroup Find(string root)
    {
        var mount = Path.Combine(root, "sys", "fs", "cgroup");
        string? unified = null;
        foreach (var line in TextFile.ReadLines(Path.Combine(root, "proc", "self", "cgroup")))
        {
            // hierarchy:controllers:path; version 2 has no controllers in it.
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains("memory"))
            {
                return new ControlGroup(Ancestors(Path.Combine(mount, "memory"), fields[2]), isVersion2: false);
            }

            unified = fields is ["0", "", var path] ? path : unified;
        }

        return new ControlGroup(unified is null ? [] : Ancestors(mount, unified), isVersion2: true);
    }

    /// <summary>The tightest limit in bytes; null when there is none.</summary>
    public long? ReadLimit() => ReadAll().Select(group => (long?)group.Limit).Min();

    /// <summary>The group that has the least left of its limit, as a share; null when none has a limit.</summary>
    public MemoryPressure? ReadTightest() =>
        ReadAll().Select(group => (MemoryPressure?)group).MaxBy(group => (double)group!.Value.Used / group.Value.Limit);

    // A container often sees its own group as the mount's root, while the path is the host's: what is not there is passed over.
    private static List<string> Ancestors(string mount, string path)
    {
        var folders = new List<string>();
        for (var rest = path.Trim('/'); rest.Length > 0; rest = rest[..Math.Max(0, rest.LastIndexOf('/'))])
        {
            folders.Add(Path.Combine(mount, rest));
        }

        folders.Add(mount);
        return [.. folders.Where(Directory.Exists)];
    }

    private IEnumerable<MemoryPressure> ReadAll()
    {
        foreach (var folder in _folders)
        {
            // Version 1 says that there is no limit by a number near the largest, version 2 by "max".
            var limit = ReadNumber(Path.Combine(folder, _isVersion2 ? "memory.max" : "memory.limit_in_bytes"));
            if (limit is > 0 and < long.MaxValue / 2)
            {
                yield return new MemoryPressure(limit.Value, ReadUsed(folder), 0);
            }
        }
    }

    private long ReadUsed(string folder)
    {
        var used = ReadNumber(Path.Combine(folder, _isVersion2 ? "memory.current" : "memory.usage_in_bytes")) ?? 0;
        var statistics = TextFile.ReadLines(Path.Combine(folder, "memory.stat"));

        // Pages of files can be dropped; shared memory is counted with them and can't.
        var files = ReadField(statistics, _isVersion2 ? "file" : "total_cache") - ReadField(statistics, _isVersion2 ? "shmem" : "total_shmem");
        return Math.Max(0, used - Math.Max(0, files));
    }

    private static long ReadField(IReadOnlyList<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture, out var value)
            ? value
            : 0;

    private static long? ReadNumber(string path) =>
        TextFile.ReadLines(path) is [var line, ..] && long.TryParse(line, CultureInfo.InvariantCulture, out var value) ? value : null;
}
