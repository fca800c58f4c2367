using System.Collections.Concurrent;
using System.Diagnostics;
using EdgeAI.Inference;

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

    private const int MaxBatchSizes = 1024;

    private readonly long[] _counts = new long[Enum.GetValues<RequestStage>().Length];
    private readonly long[] _ticks = new long[Enum.GetValues<RequestStage>().Length];
    private readonly ConcurrentDictionary<int, BatchCounters> _batches = [];
    private long _inferences;
    private long _executions;
    private long _lastInference;

    /// <summary>Inferences that succeeded: the rows of requests for batched models, otherwise the requests.</summary>
    public long Inferences => Interlocked.Read(ref _inferences);

    /// <summary>Runs that succeeded: requests that shared one count once.</summary>
    public long Executions => Interlocked.Read(ref _executions);

    /// <summary>The runs by their batch sizes.</summary>
    public IEnumerable<(int Size, BatchCounters Counters)> Batches => _batches.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key);

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
    }

    /// <summary>Takes note of a run that succeeded, for one of its requests.</summary>
    /// <param name="share">What the request had of it; null when it was the request's own.</param>
    /// <param name="ticks">How long the request waited for it, the run included.</param>
    public void NoteExecution(BatchShare? share, long ticks)
    {
        var gathering = share is null ? 0 : TicksOf(share.GatherTime);
        var running = share is null ? ticks : TicksOf(share.RunTime);
        Interlocked.Add(ref _inferences, share?.Rows ?? 1);
        Interlocked.Add(ref _ticks[(int)RequestStage.Queue], Math.Max(0, ticks - gathering - running));
        Interlocked.Add(ref _ticks[(int)RequestStage.Input], gathering);
        Note(RequestStage.Infer, running);
        if (share is null or { IsFirst: true })
        {
            Interlocked.Increment(ref _executions);
            FindBatch(share?.BatchRows ?? 1)?.Note(gathering, running);
        }
    }

    public long CountOf(RequestStage stage) => Interlocked.Read(ref _counts[(int)stage]);

    public long NanosecondsOf(RequestStage stage) => (long)(Interlocked.Read(ref _ticks[(int)stage]) * (1e9 / Stopwatch.Frequency));

    private static long TicksOf(TimeSpan time) => (long)(time.Ticks * ((double)Stopwatch.Frequency / TimeSpan.TicksPerSecond));

    // Callers choose how many rows they send.
    private BatchCounters? FindBatch(int rows) => _batches.TryGetValue(rows, out var counters) ? counters
        : _batches.Count < MaxBatchSizes ? _batches.GetOrAdd(rows, static _ => new BatchCounters())
        : null;
}
