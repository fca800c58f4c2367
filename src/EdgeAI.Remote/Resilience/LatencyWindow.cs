namespace EdgeAI.Remote.Resilience;

/// <summary>How long the latest runs of a model took. Thread-safe.</summary>
internal sealed class LatencyWindow
{
    private const int Size = 256;
    private const int Least = 20;
    private const int SortEvery = 16;

    private readonly Lock _lock = new();
    private readonly double[] _milliseconds = new double[Size];
    private double[] _sorted = [];
    private long _count;

    public void Add(TimeSpan duration)
    {
        lock (_lock)
        {
            _milliseconds[_count++ % Size] = duration.TotalMilliseconds;
        }
    }

    /// <summary>The time that so many in a hundred runs took at most; null while there are too few to say.</summary>
    public TimeSpan? Percentile(double percentile)
    {
        lock (_lock)
        {
            if (_count < Least)
            {
                return null;
            }

            var known = (int)Math.Min(_count, Size);
            if (_sorted.Length != known || _count % SortEvery == 0)
            {
                _sorted = _milliseconds[..known];
                Array.Sort(_sorted);
            }

            return TimeSpan.FromMilliseconds(_sorted[Math.Min(known - 1, (int)(known * percentile / 100))]);
        }
    }
}
