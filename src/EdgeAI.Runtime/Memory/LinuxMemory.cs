using System.Globalization;

namespace EdgeAI.Memory;

/// <summary>Reads <c>/proc</c> and the control groups. Sources: proc(5), and the kernel's cgroup-v1/memory, cgroup-v2 and PSI documents.</summary>
internal sealed class LinuxMemory(string root, GlibcHeap? heap) : ISystemMemory
{
    private readonly ControlGroup _group = ControlGroup.Find(root);

    public long Limit => Math.Min(ReadMachine().Limit, _group.ReadLimit() ?? long.MaxValue);

    public MemoryPressure ReadPressure()
    {
        var machine = ReadMachine();
        var tightest = _group.ReadTightest() is { } group && IsTighter(group, machine) ? group : machine;
        return tightest with { StallPercent = ReadStall() };
    }

    public long? ReadNativeBytes() => heap?.InUse;

    public void Trim() => heap?.Trim();

    private static bool IsTighter(MemoryPressure group, MemoryPressure machine) =>
        (double)group.Used / group.Limit > (double)machine.Used / machine.Limit;

    private MemoryPressure ReadMachine()
    {
        long total = 0;
        long available = 0;
        foreach (var line in TextFile.ReadLines(Path.Combine(root, "proc", "meminfo")))
        {
            total = line.StartsWith("MemTotal:", StringComparison.Ordinal) ? ReadKibibytes(line) : total;
            available = line.StartsWith("MemAvailable:", StringComparison.Ordinal) ? ReadKibibytes(line) : available;
        }

        return total > 0 ? new MemoryPressure(total, total - available, 0) : new PortableMemory().ReadPressure();
    }

    // A group's own file where there is one: the machine may stand still for want of memory that others have used up.
    private double ReadStall()
    {
        var own = _group.StallPath is { } path ? TextFile.ReadLines(path) : [];
        var lines = own.Count > 0 ? own : TextFile.ReadLines(Path.Combine(root, "proc", "pressure", "memory"));
        var full = lines.FirstOrDefault(line => line.StartsWith("full ", StringComparison.Ordinal));
        var average = full?.Split(' ').FirstOrDefault(field => field.StartsWith("avg10=", StringComparison.Ordinal));
        return double.TryParse(average?["avg10=".Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) ? percent : 0;
    }

    private static long ReadKibibytes(string line) =>
        long.TryParse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture, out var value)
            ? value * 1024
            : 0;
}
