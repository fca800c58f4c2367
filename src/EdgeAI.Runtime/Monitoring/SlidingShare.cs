namespace EdgeAI.Monitoring;

/// <summary>How many of those within a window were of one kind, in ten slices of time that leave one after the other. Thread-safe.</summary>
internal sealed class SlidingShare(TimeSpan window, TimeProvider time)
{
    private const int Slices = 11;

    private readonly Lock _lock = new();
    private readonly (long Epoch, long Some, long All)[] _slots = new (long, long, long)[Slices];
    private readonly long _slice = Math.Max(1, (long)(window.TotalSeconds * time.TimestampFrequency / (Slices - 1)));

    public void Record(bool isOne)
    {
        var epoch = time.GetTimestamp() / _slice;
        lock (_lock)
        {
            ref var slot = ref _slots[epoch % Slices];
            if (slot.Epoch != epoch)
            {
                slot = (epoch, 0, 0);
            }

            slot.Some += isOne ? 1 : 0;
            slot.All++;
        }
    }

    /// <returns>Null when there are fewer.</returns>
    public double? Read(int minimumSamples)
    {
        var epoch = time.GetTimestamp() / _slice;
        lock (_lock)
        {
            var live = _slots.Where(slot => slot.Epoch > epoch - Slices);
            var (some, all) = live.Aggregate((Some: 0L, All: 0L), (sum, slot) => (sum.Some + slot.Some, sum.All + slot.All));
            return all < Math.Max(1, minimumSamples) ? null : (double)some / all;
        }
    }
}
