using System.Diagnostics;

namespace EdgeAI.Samples.Timing;

/// <summary>A stretch of time that belongs to a stage.</summary>
internal readonly struct StageScope(Timeline timeline, Stage stage, long started) : IDisposable
{
    public void Dispose() => timeline.Add(stage, Stopwatch.GetTimestamp() - started);
}
