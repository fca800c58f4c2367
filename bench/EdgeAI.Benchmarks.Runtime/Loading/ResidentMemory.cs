using System.Globalization;

namespace EdgeAI.Benchmarks.Runtime.Loading;

/// <summary>What this process has in memory, in MB. Source: <c>/proc/self/status</c>; elsewhere than on Linux the private bytes stand for the first.</summary>
internal readonly record struct ResidentMemory(double Anonymous, double File)
{
    public static ResidentMemory Read()
    {
        GC.Collect();
        if (!OperatingSystem.IsLinux())
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return new ResidentMemory(process.PrivateMemorySize64 / 1e6, 0);
        }

        var lines = System.IO.File.ReadAllLines("/proc/self/status");
        return new ResidentMemory(ReadField(lines, "RssAnon:"), ReadField(lines, "RssFile:"));
    }

    public static ResidentMemory operator -(ResidentMemory left, ResidentMemory right) =>
        new(left.Anonymous - right.Anonymous, left.File - right.File);

    private static double ReadField(string[] lines, string name)
    {
        var line = lines.First(line => line.StartsWith(name, StringComparison.Ordinal));
        var kibibytes = line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal);
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
