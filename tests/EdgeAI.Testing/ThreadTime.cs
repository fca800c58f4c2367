using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeAI.Testing;

/// <summary>How long the calling thread has worked: what it waited for a processor on a busy machine does not count, where the system tells the two apart.</summary>
public static partial class ThreadTime
{
    // Linux. Source: clock_gettime(2).
    private const int ThreadProcessorTime = 3;

    /// <summary>Since some moment that is the same for this thread.</summary>
    public static TimeSpan Now => OperatingSystem.IsLinux() && GetTime(ThreadProcessorTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
        : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
