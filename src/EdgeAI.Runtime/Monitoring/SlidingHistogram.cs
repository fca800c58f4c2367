namespace EdgeAI.Monitoring;

/// <summary>
/// What was measured within a window, by size: buckets that are 2.2 % wide, from a millionth to some four thousand, in ten slices of time that leave one after the other. It takes 44 KiB, however much is measured.
/// Thread-safe.
/// </summary>
internal sealed class SlidingHistogram(TimeSpan window, TimeProvider time)
{
    private const int Slices = 11;
    private const int PerDoubling = 32;
    private const int Buckets = 32 * PerDoubling;
    private const double Least = 1e-6;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Slices * Buckets];
    private readonly long[] _epochs = [.. Enumerable.Repeat(-1L, Slices)];
    private readonly long _slice = Math.Max(1, (long)(window.TotalSeconds * time.TimestampFrequency / (Slices - 1)));
    private long _last = long.MinValue;

    public void Record(double value)
    {
        var bucket = (int)Math.Clamp(Math.Log2(Math.Max(value, Least) / Least) * PerDoubling, 0, Buckets - 1);
        var now = time.GetTimestamp();
        var epoch = now / _slice;
        var slot = (int)(epoch % Slices);
        lock (_lock)
        {
            if (_epochs[slot] != epoch)
            {
                // One that is late for its slice counts in none.
                if (_epochs[slot] > epoch)
                {
                    return;
                }

                Array.Clear(_counts, slot * Buckets, Buckets);
                _epochs[slot] = epoch;
            }

            _counts[(slot * Buckets) + bucket]++;
            _last = now;
        }
    }

    /// <summary>Whether anything was measured as lately as this.</summary>
    public bool HasSince(TimeSpan ago)
    {
        lock (_lock)
        {
            return _last != long.MinValue && time.GetElapsedTime(_last) < ago;
        }
    }

    /// <summary>Reads a percentile of what is in the window, to about one part in a hundred.</summary>
    /// <returns>Null when there are fewer measurements.</returns>
    public double? Read(double percentile, int minimumSamples)
    {
        var epoch = time.GetTimestamp() / _slice;
        Span<long> sums = stackalloc long[Buckets];
        sums.Clear();
        long total = 0;
        lock (_lock)
        {
            for (var slot = 0; slot < Slices; slot++)
            {
                if (_epochs[slot] <= epoch - Slices || _epochs[slot] < 0)
                {
                    continue;
                }

                for (var bucket = 0; bucket < Buckets; bucket++)
                {
                    var count = _counts[(slot * Buckets) + bucket];
                    sums[bucket] += count;
                    total += count;
                }
            }
        }

        if (total < Math.Max(1, minimumSamples))
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(total * percentile / 100));
        var at = 0;
        while ((rank -= sums[at]) > 0)
        {
            at++;
        }

        // The middle of the bucket.
        return Least * Math.Pow(2, (at + 0.5) / PerDoubling);
    }
}
