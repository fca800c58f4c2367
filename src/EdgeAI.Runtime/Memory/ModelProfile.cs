namespace EdgeAI.Memory;

/// <summary>
/// What is known of a model in this engine, loaded or not: what it takes, how long a load takes, how often it is used. Uses may be noted by any thread at any
/// time; the use rate belongs to the lock of the loaded models, all else to the model's one load or unload that goes on.
/// </summary>
internal sealed class ModelProfile
{
    // Long enough to tell models that are asked for now and then from those that are not, short enough to forget yesterday's.
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    private long _uses;
    private long _lastUse;
    private long _countedAt;
    private double _count;

    /// <summary>What the model takes, as last measured; null before that.</summary>
    public MemoryMeasurement? Measured { get; set; }

    /// <summary>What is kept beside the hot files; null when nothing is.</summary>
    public MemoryRecord? Kept { get; set; }

    /// <summary>How long it takes to come back, in milliseconds; 0 before the first load.</summary>
    public double LoadMilliseconds { get; private set; }

    /// <summary>Notes a run or a load.</summary>
    public void Use(long timestamp)
    {
        Volatile.Write(ref _lastUse, timestamp);
        Interlocked.Increment(ref _uses);
    }

    /// <summary>Notes how long a load took; the first of all, which also optimises, is half forgotten at each one after it.</summary>
    public void NoteLoad(double milliseconds) => LoadMilliseconds = LoadMilliseconds > 0 ? (LoadMilliseconds + milliseconds) / 2 : milliseconds;

    /// <summary>Uses, each counting half after <see cref="HalfLife"/>: in proportion to how soon the next one is expected.</summary>
    public double ReadUseRate(TimeProvider time)
    {
        var lastUse = Volatile.Read(ref _lastUse);
        var uses = Interlocked.Exchange(ref _uses, 0);
        if (uses > 0)
        {
            // All of them are taken to have been when the last one was, so that noting one is two writes.
            _count = Decay(_count, time.GetElapsedTime(_countedAt, lastUse)) + uses;
            _countedAt = lastUse;
        }

        return Decay(_count, time.GetElapsedTime(_countedAt));
    }

    /// <summary>What it costs to be without the model: the time of a load, times how soon one is expected.</summary>
    public double ReadLoss(TimeProvider time) => ReadUseRate(time) * Math.Max(1, LoadMilliseconds);

    private static double Decay(double count, TimeSpan elapsed) => count * Math.Pow(0.5, Math.Max(0, elapsed / HalfLife));
}
