using System.Diagnostics;

namespace EdgeAI.Providers.Onnx;

/// <summary>The runs on the processors that go on, of all models in this process. Thread-safe.</summary>
internal static class ProcessorRuns
{
    // Short runs of many requests meet now and then only; what the requests do besides takes the processors too.
    private static readonly long Memory = Stopwatch.Frequency / 100;

    private static int Count;
    private static long LastCrowd = long.MinValue / 2;

    /// <summary>Whether one more makes a run for each processor, or did so in the last hundredth of a second.</summary>
    public static bool IsCrowded()
    {
        var now = Stopwatch.GetTimestamp();
        if (Volatile.Read(ref Count) + 1 < Environment.ProcessorCount)
        {
            return now - Volatile.Read(ref LastCrowd) < Memory;
        }

        Volatile.Write(ref LastCrowd, now);
        return true;
    }

    /// <summary>A run begins; <see cref="End"/> ends it.</summary>
    public static void Begin() => Interlocked.Increment(ref Count);

    /// <summary>A run is over.</summary>
    public static void End() => Interlocked.Decrement(ref Count);
}
