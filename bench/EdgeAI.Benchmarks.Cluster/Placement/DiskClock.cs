using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>The time that reads from modelled disks take: counted, not waited for. Thread-safe.</summary>
/// <param name="scale">How many bytes of a real model one byte stands for.</param>
internal sealed class DiskClock(double scale)
{
    private readonly Lock _lock = new();
    private readonly HashSet<(Tier, string)> _touched = [];
    private double _seconds;

    /// <summary>Counts a read; the first one of an object in a load waits for the disk.</summary>
    public void Read(Tier tier, string key, long bytes)
    {
        var disk = Disk.Of(tier);
        lock (_lock)
        {
            _seconds += (_touched.Add((tier, key)) ? disk.Access.TotalSeconds : 0) + (bytes * scale / disk.BytesPerSecond);
        }
    }

    /// <summary>The seconds since the last call.</summary>
    public double Take()
    {
        lock (_lock)
        {
            var seconds = _seconds;
            _seconds = 0;
            _touched.Clear();
            return seconds;
        }
    }
}
