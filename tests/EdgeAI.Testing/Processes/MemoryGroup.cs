using System.Globalization;

namespace EdgeAI.Testing.Processes;

/// <summary>A control group with a limit of memory (Linux, version 1 or 2), which processes are started in. Needs the right to make one, as root has it.</summary>
public sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private static int Made;

    private readonly string _folder;
    private readonly bool _isFirstVersion;

    private MemoryGroup(string folder, bool isFirstVersion)
    {
        _folder = folder;
        _isFirstVersion = isFirstVersion;
    }

    /// <summary>Makes a group.</summary>
    /// <param name="bytes">The most that its processes may have together, page cache included.</param>
    /// <returns>Null where this process may not, or there are no control groups for memory.</returns>
    public static MemoryGroup? TryCreate(long bytes)
    {
        var isFirstVersion = Directory.Exists(Path.Combine(Root, "memory"));
        var folder = Path.Combine(Root, isFirstVersion ? "memory" : string.Empty, $"edgeai-test-{Environment.ProcessId}-{Interlocked.Increment(ref Made)}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, isFirstVersion ? "memory.limit_in_bytes" : "memory.max"), bytes.ToString(CultureInfo.InvariantCulture));
            return new MemoryGroup(folder, isFirstVersion);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What its processes have that can't simply be dropped, in bytes.</summary>
    public long ReadUsedBytes()
    {
        var used = long.Parse(File.ReadAllText(Path.Combine(_folder, _isFirstVersion ? "memory.usage_in_bytes" : "memory.current")), CultureInfo.InvariantCulture);
        var prefix = _isFirstVersion ? "total_cache " : "file ";
        var cache = File.ReadLines(Path.Combine(_folder, "memory.stat")).Single(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return used - long.Parse(cache.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Starts a process in the group.</summary>
    public ChildProcess Start(string fileName, params string[] arguments) =>
        ChildProcess.Start("/bin/sh", ["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", _folder, fileName, .. arguments]);

    /// <summary>Removes the group, whose processes have ended.</summary>
    public void Dispose() => Directory.Delete(_folder);
}
