using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Benchmarks.Store.Probes;

/// <summary>The most that this process had in memory.</summary>
internal static class PeakMemory
{
    /// <returns>In MB. Source: <c>VmHWM</c> of <c>/proc/self/status</c>; elsewhere than on Linux the peak working set.</returns>
    public static double Read()
    {
        const string Field = "VmHWM:";
        if (OperatingSystem.IsLinux())
        {
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
            return double.Parse(line[Field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }
}
