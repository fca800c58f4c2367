using System.Globalization;

namespace EdgeAI.Benchmarks.Runtime.Processes;

/// <summary>A control group with a limit of memory (Linux, version 1 or 2), which processes are started in.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Makes a group.</summary>
    /// <param name="bytes">The most that its processes may have together, page cache included.</param>
    /// <returns>Null where this process may not, or there are no control groups.</returns>
    public static MemoryGroup? TryCreate(long bytes)
    {
        var isFirstVersion = Directory.Exists(Path.Combine(Root, "memory"));
        var folder = Path.Combine(Root, isFirstVersion ? "memory" : string.Empty, $"edgeai-bench-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, isFirstVersion ? "memory.limit_in_bytes" : "memory.max"), bytes.ToString(CultureInfo.InvariantCulture));
            return new MemoryGroup(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The command, started in this group.</summary>
    public Command Wrap(Command command) =>
        new("/bin/sh", ["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", _folder, command.Program, .. command.Arguments]);

    public void Dispose() => Directory.Delete(_folder);
}
