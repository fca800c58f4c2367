using System.Diagnostics;

namespace EdgeAI.Samples.Timing;

/// <summary>Adds up where the time goes.</summary>
internal sealed class Timeline
{
    private static readonly int StageCount = Enum.GetValues<Stage>().Length;

    private readonly long[] _ticks = new long[StageCount];
    private readonly DateTime _processStart;

    public Timeline()
    {
        using var process = Process.GetCurrentProcess();
        _processStart = process.StartTime.ToUniversalTime();
    }

    /// <summary>Time since the operating system started this process, with the start-up of .NET in it.</summary>
    public TimeSpan SinceProcessStart => DateTime.UtcNow - _processStart;

    public TimeSpan this[Stage stage] => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks[(int)stage]));

    /// <summary>Counts the time until the result is disposed.</summary>
    public StageScope Measure(Stage stage) => new(this, stage, Stopwatch.GetTimestamp());

    internal void Add(Stage stage, long ticks) => Interlocked.Add(ref _ticks[(int)stage], ticks);
}
