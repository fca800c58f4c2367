using System.Collections.Concurrent;
using System.Numerics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Telemetry;

namespace EdgeAI.Scheduling;

/// <summary>A device, what waits for it, what runs on it take, and what it failed at. Thread-safe.</summary>
internal sealed class DeviceLane(int index, IExecutionProvider provider, ExecutionDevice device, DeviceOptions options, TimeProvider time)
{
    // Of a run that nobody has measured yet: little, but enough to tell a busy device from an idle one.
    private const double UnknownMilliseconds = 1;
    private const double NewShare = 0.25;
    private const int FailedModelsBeforeOut = 3;

    // A network changes: what was measured there is forgotten after this time, or so many times as long as the run took.
    private static readonly TimeSpan RemoteMemory = TimeSpan.FromSeconds(30);
    private const double RemoteMemoryRuns = 100;

    // Two of one number each: a dictionary writes such values in place, and allocates nothing.
    private readonly ConcurrentDictionary<(Digest Model, int Bucket), double> _milliseconds = [];
    private readonly ConcurrentDictionary<(Digest Model, int Bucket), long> _measuredAt = [];
    private readonly ConcurrentDictionary<Digest, Outage> _outages = [];
    private Outage? _outage;
    private int _failuresInARow;
    private long _pendingMicroseconds;
    private int _pending;
    private double _together = 1;
    private int _hung;

    public int Index => index;

    public IExecutionProvider Provider => provider;

    public ExecutionDevice Device => device;

    /// <summary>The device, for measurements.</summary>
    public KeyValuePair<string, object?> Tag { get; } = new(TelemetryTags.Device, device.ToString());

    /// <summary>Whether runs there leave the machine.</summary>
    public bool IsRemote => device.Kind == DeviceKind.Remote;

    public DeviceQueue Queue { get; } = new(options);

    /// <summary>Whether nothing waits or goes on there.</summary>
    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    /// <summary>How long a further run is expected to wait there: for those that are more than run at once.</summary>
    public double PendingMilliseconds
    {
        get
        {
            var (count, milliseconds, atOnce) = (Volatile.Read(ref _pending), Volatile.Read(ref _pendingMicroseconds) / 1000.0, AtOnce);
            return count == 0 ? 0 : Math.Max(0, count + 1 - atOnce) * (milliseconds / count) / atOnce;
        }
    }

    // A cluster runs several at once; how many nobody says. What its runs took, they took beside so many others, so up to that many they take that, and it is shared beyond.
    private double AtOnce => IsRemote && !Queue.IsLimited ? Volatile.Read(ref _together) : Math.Max(1, options.MaxConcurrentRuns);

    /// <summary>Why no request goes there now; null when requests do.</summary>
    public string? OutReason => Volatile.Read(ref _hung) is var hung and > 0 ? $"{hung} run(s) hang there; it is left alone until they end." : FailureReason ?? provider.FindProblem(device);

    private string? FailureReason => Volatile.Read(ref _outage) is { } outage && outage.Until > time.GetUtcNow()
        ? $"It failed {outage.Count} times in a row and is tried again at {outage.Until:u}. Last: {outage.Reason}"
        : null;

    /// <summary>Runs of about the same size share a bucket: the inputs' elements, to the next power of two.</summary>
    public static int BucketOf(IReadOnlyDictionary<string, ModelValue> inputs)
    {
        long elements = 0;
        foreach (var value in inputs.Values)
        {
            elements += value is TensorValue tensor ? tensor.Length : 1;
        }

        return BitOperations.Log2((ulong)Math.Max(1, elements));
    }

    public bool IsOutFor(Digest model) => OutReason is not null || (_outages.TryGetValue(model, out var outage) && outage.Until > time.GetUtcNow());

    /// <summary>How long a run is expected to take; null when none was measured.</summary>
    public double? Expect(Digest model, int bucket) =>
        _milliseconds.TryGetValue((model, bucket), out var milliseconds) && !(IsRemote && IsForgotten(model, bucket, milliseconds)) ? milliseconds : null;

    /// <summary>Counts a run as coming.</summary>
    /// <returns>What to give to <see cref="NoteGone"/>.</returns>
    public long NoteComing(Digest model, int bucket)
    {
        var microseconds = (long)((Expect(model, bucket) ?? UnknownMilliseconds) * 1000);
        Interlocked.Add(ref _pendingMicroseconds, microseconds);
        Interlocked.Increment(ref _pending);
        return microseconds;
    }

    public void NoteGone(long coming)
    {
        Interlocked.Decrement(ref _pending);
        Interlocked.Add(ref _pendingMicroseconds, -coming);
    }

    /// <summary>Notes that so many runs more hang there; fewer when one of them has ended.</summary>
    public void NoteHung(int change)
    {
        Queue.NoteHung(change);
        Interlocked.Add(ref _hung, change);
    }

    public void NoteSuccess(Digest model, int bucket, TimeSpan duration)
    {
        if (IsRemote)
        {
            if (Expect(model, bucket) is null)
            {
                _milliseconds.TryRemove((model, bucket), out _);
            }

            _measuredAt[(model, bucket)] = time.GetTimestamp();

            // The run itself is still among them. An update that is lost to another thread's is made up for by the next.
            var together = Volatile.Read(ref _together);
            Volatile.Write(ref _together, Math.Max(1, together + ((Volatile.Read(ref _pending) - together) * NewShare)));
        }

        _milliseconds.AddOrUpdate(
            (model, bucket),
            static (_, measured) => measured,
            static (_, before, measured) => before + ((measured - before) * NewShare),
            duration.TotalMilliseconds);
        Volatile.Write(ref _failuresInARow, 0);
        Volatile.Write(ref _outage, null);
        _outages.TryRemove(model, out _);
    }

    /// <summary>Takes it out for a model alone, for longer each time.</summary>
    public void NoteFailureAt(Digest model, Exception error) =>
        _outages.AddOrUpdate(model, _ => Outage.After(0, error, time), (_, before) => Outage.After(before.Count, error, time));

    /// <summary>Takes it out for a model, and for all after failures in a row, for longer each time.</summary>
    public void NoteFailure(Digest model, Exception error)
    {
        NoteFailureAt(model, error);
        if (Interlocked.Increment(ref _failuresInARow) is var count and >= FailedModelsBeforeOut)
        {
            Volatile.Write(ref _outage, Outage.After(count - 1, error, time));
        }
    }

    private bool IsForgotten(Digest model, int bucket, double milliseconds) => _measuredAt.TryGetValue((model, bucket), out var at)
        && time.GetElapsedTime(at).TotalMilliseconds > Math.Max(RemoteMemory.TotalMilliseconds, milliseconds * RemoteMemoryRuns);
}
