using System.Diagnostics;
using System.Numerics;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>
/// How long requests took: sixteen buckets to each doubling, from a microsecond to two minutes, each 4 to 6 % wide. It only counts up, so that whoever reads it twice knows what came between. Takes 3.5 KiB. Thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BitsPerDoubling = 4;
    private const int PerDoubling = 1 << BitsPerDoubling;
    private const int LeastExponent = 10;
    private const int Doublings = 28;
    private const int Buckets = Doublings * PerDoubling;

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>Counts a request.</summary>
    /// <param name="ticks">How long it took, in the stopwatch's ticks.</param>
    public void Record(long ticks) => Interlocked.Increment(ref _counts[BucketOf((long)(ticks * NanosecondsPerTick))]);

    /// <summary>The buckets that have counts, the fastest first: the middle of each in microseconds, and how many requests it has.</summary>
    public IEnumerable<(double Microseconds, long Count)> Read()
    {
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            if (Interlocked.Read(ref _counts[bucket]) is var count and > 0)
            {
                yield return (MiddleOf(bucket) / 1e3, count);
            }
        }
    }

    private static int BucketOf(long nanoseconds)
    {
        var least = Math.Max(nanoseconds, 1L << LeastExponent);
        var exponent = BitOperations.Log2((ulong)least);
        var part = (int)(least >> (exponent - BitsPerDoubling)) & (PerDoubling - 1);
        return Math.Min(((exponent - LeastExponent) * PerDoubling) + part, Buckets - 1);
    }

    private static double MiddleOf(int bucket) => (PerDoubling + (bucket % PerDoubling) + 0.5) * Math.Pow(2, LeastExponent - BitsPerDoubling + (bucket / PerDoubling));
}
