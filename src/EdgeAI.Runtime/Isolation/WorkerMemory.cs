using System.Diagnostics;
using System.Globalization;
using EdgeAI.Memory;

namespace EdgeAI.Isolation;

/// <summary>What this process takes.</summary>
internal static class WorkerMemory
{
    public static long ReadPrivate()
    {
        // What .NET calls private is address space on Linux.
        var line = TextFile.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        if (line is not null && long.TryParse(line["RssAnon:".Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture, out var kibibytes))
        {
            return kibibytes * 1024;
        }

        using var self = Process.GetCurrentProcess();
        return self.PrivateMemorySize64;
    }
}
