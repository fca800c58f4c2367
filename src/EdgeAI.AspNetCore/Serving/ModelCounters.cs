using System.Diagnostics;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>What the requests for a model came to since the app's start, in counts and times. Thread-safe.</summary>
internal sealed class ModelCounters
{
    /// <summary>The stages by the names that statistics have for them.</summary>
    public static readonly (string Name, RequestStage Stage)[] Stages =
    [
        ("success", RequestStage.Success), ("fail", RequestStage.Fail), ("queue", RequestStage.Queue),
        ("compute_input", RequestStage.Input), ("compute_infer", RequestStage.Infer), ("compute_output", RequestStage.Output),
    ];

    private readonly long[] _counts = new long[Enum.GetValues<RequestStage>().Length];
    private readonly long[] _ticks = new long[Enum.GetValues<RequestStage>().Length];
    private long _inferences;
    private long _lastInference;

    /// <summary>Inferences of requests that succeeded.</summary>
    public long Inferences => Interlocked.Read(ref _inferences);

    /// <summary>Runs asked of the engine: requests that share a batch each count.</summary>
    public long Executions => CountOf(RequestStage.Infer);

    /// <summary>How long whole requests took that succeeded.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>When the last run began, in milliseconds since 1970; 0 when there was none.</summary>
    public long LastInference => Interlocked.Read(ref _lastInference);

    public void Note(RequestStage stage, long ticks)
    {
        Interlocked.Increment(ref _counts[(int)stage]);
        Interlocked.Add(ref _ticks[(int)stage], ticks);
    }

    public void NoteRun(DateTimeOffset at) => Interlocked.Exchange(ref _lastInference, at.ToUnixTimeMilliseconds());

    public void NoteSuccess(long ticks)
    {
        Note(RequestStage.Success, ticks);
        Latency.Record(ticks);
        Interlocked.Increment(ref _inferences);
    }

    public long CountOf(RequestStage stage) => Interlocked.Read(ref _counts[(int)stage]);

    public long NanosecondsOf(RequestStage stage) => (long)(Interlocked.Read(ref _ticks[(int)stage]) * (1e9 / Stopwatch.Frequency));
}
