using System.Diagnostics;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>What the runs of one batch size came to. Thread-safe.</summary>
internal sealed class BatchCounters
{
    private long _count;
    private long _inputTicks;
    private long _inferTicks;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>How long it took to put inputs together. What comes out is not taken apart: each request has its rows where they lie.</summary>
    public long InputNanoseconds => NanosecondsOf(ref _inputTicks);

    public long InferNanoseconds => NanosecondsOf(ref _inferTicks);

    public void Note(long inputTicks, long inferTicks)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _inputTicks, inputTicks);
        Interlocked.Add(ref _inferTicks, inferTicks);
    }

    private static long NanosecondsOf(ref long ticks) => (long)(Interlocked.Read(ref ticks) * (1e9 / Stopwatch.Frequency));
}
