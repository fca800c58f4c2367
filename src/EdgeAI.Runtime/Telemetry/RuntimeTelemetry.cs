using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Batching;
using EdgeAI.Models;
using EdgeAI.Scheduling;

namespace EdgeAI.Telemetry;

/// <summary>What an engine tells of itself. Where nobody listens a measurement is a look at a few fields, and nothing is allocated on a run's way either way. Thread-safe.</summary>
internal sealed class RuntimeTelemetry
{
    public static readonly ActivitySource Activities = new(EdgeAITelemetry.ActivitySourceName);

    private static readonly KeyValuePair<string, object?> Ok = new(TelemetryTags.Outcome, "ok");
    private static readonly KeyValuePair<string, object?> Failed = new(TelemetryTags.Outcome, "failed");
    private static readonly KeyValuePair<string, object?> Cancelled = new(TelemetryTags.Outcome, "cancelled");
    private static readonly KeyValuePair<string, object?> In = new(TelemetryTags.Direction, "in");
    private static readonly KeyValuePair<string, object?> Out = new(TelemetryTags.Direction, "out");

    private readonly TimeProvider _time;
    private readonly Histogram<double> _load;
    private readonly Histogram<double> _swap;
    private readonly Histogram<double> _run;
    private readonly Histogram<double> _deviceRun;
    private readonly Histogram<double> _queue;
    private readonly Histogram<int> _batch;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _failures;

    public RuntimeTelemetry(Meter meter, TimeProvider time)
    {
        _time = time;
        _load = meter.CreateHistogram<double>(TelemetryInstruments.LoadDuration, "s", "How long a load took.");
        _swap = meter.CreateHistogram<double>(TelemetryInstruments.SwapDuration, "s", "How long it took to bring a model back into memory, or to give its memory back.");
        _run = meter.CreateHistogram<double>(TelemetryInstruments.RunDuration, "s", "How long a run took as its caller saw it.");
        _deviceRun = meter.CreateHistogram<double>(TelemetryInstruments.DeviceRunDuration, "s", "How long a run took on its device.");
        _queue = meter.CreateHistogram<double>(TelemetryInstruments.QueueDuration, "s", "How long a run waited for its device.");
        _batch = meter.CreateHistogram<int>(TelemetryInstruments.BatchSize, "{request}", "Requests that shared a run.");
        _refused = meter.CreateCounter<long>(TelemetryInstruments.RunsRefused, "{run}", "Runs that were refused while load was shed.");
        _failures = meter.CreateCounter<long>(TelemetryInstruments.Failures, "{failure}", "What failed, by stage and kind.");
    }

    /// <summary>That of engines which nobody has given a meter.</summary>
    public static RuntimeTelemetry Default { get; } = new(new Meter(EdgeAITelemetry.MeterName), TimeProvider.System);

    private bool AreRunsHeard => _run.Enabled || _deviceRun.Enabled || _failures.Enabled || Activities.HasListeners();

    /// <summary>Begins to measure a run. It is ended once, by one of the methods below.</summary>
    public RunMeasurement BeginRun(ModelReference model) => AreRunsHeard ? BeginHeardRun(model) : default;

    /// <summary>Begins to measure what a run takes on its device.</summary>
    public long BeginOnDevice() => _deviceRun.Enabled ? _time.GetTimestamp() : 0;

    public void EndOnDevice(DeviceLane lane, long begun)
    {
        if (begun != 0)
        {
            _deviceRun.Record(_time.GetElapsedTime(begun).TotalSeconds, lane.Tag);
        }
    }

    public void NoteOnDevice(DeviceLane lane, TimeSpan duration) => _deviceRun.Record(duration.TotalSeconds, lane.Tag);

    public void EndRun(in RunMeasurement run)
    {
        if (run.IsHeard)
        {
            End(run, Ok);
        }
    }

    public void FailRun(in RunMeasurement run, Exception exception)
    {
        if (run.IsHeard)
        {
            NoteFailure("run", exception, run.Activity);
            End(run, exception is OperationCanceledException ? Cancelled : Failed);
        }
    }

    public void NoteRefused() => _refused.Add(1);

    public void NoteBatch(int requests) => _batch.Record(requests);

    /// <summary>Waits for a turn on a device.</summary>
    public ValueTask<bool> WaitForTurnAsync(DeviceLane lane, ValueTask<bool> turn)
    {
        if (!lane.Queue.IsLimited || !(_queue.Enabled || Activities.HasListeners()))
        {
            return turn;
        }

        if (turn.IsCompletedSuccessfully)
        {
            _queue.Record(0, lane.Tag);
            return turn;
        }

        return MeasureTurnAsync(lane, turn);
    }

    /// <summary>Measures a load.</summary>
    /// <param name="request">What is loaded.</param>
    /// <param name="isSwap">Whether it comes back after a swap.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="load">Loads it.</param>
    public async Task<T> MeasureLoadAsync<T>(ModelReference request, bool isSwap, string? device, Func<Task<T>> load)
    {
        using var activity = Activities.StartActivity(TelemetryActivities.Load);
        activity?.SetTag(TelemetryTags.Model, request.ToString()).SetTag(TelemetryTags.Device, device);
        var started = _time.GetTimestamp();
        var outcome = Ok;
        try
        {
            return await load().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            outcome = exception is OperationCanceledException ? Cancelled : Failed;
            NoteFailure("load", exception, activity);
            throw;
        }
        finally
        {
            var seconds = _time.GetElapsedTime(started).TotalSeconds;
            _load.Record(seconds, new(TelemetryTags.Device, device), outcome);
            if (isSwap)
            {
                _swap.Record(seconds, In);
            }
        }
    }

    /// <summary>Begins to measure how a model's memory is given back; disposing ends that.</summary>
    public UnloadMeasurement BeginUnload(ModelReference model) => new(this, Activities.StartActivity(TelemetryActivities.Unload)?.SetTag(TelemetryTags.Model, model.ToString()), _time.GetTimestamp());

    public void EndUnload(long begun) => _swap.Record(_time.GetElapsedTime(begun).TotalSeconds, Out);

    /// <summary>An activity of requests that share a run, the first one's child; it and what the others' callers do are linked both ways. Null where nobody listens.</summary>
    public static Activity? StartBatch(List<BatchRequest> requests)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        Activity[] others = [.. requests.Skip(1).Select(request => request.Caller).OfType<Activity>().Distinct().Where(caller => caller != requests[0].Caller)];
        var batch = Activities.StartActivity(
            TelemetryActivities.Batch, ActivityKind.Internal, requests[0].Caller?.Context ?? default, links: others.Select(caller => new ActivityLink(caller.Context)));
        if (batch is not null)
        {
            Array.ForEach(others, caller => caller.AddLink(new ActivityLink(batch.Context)));
        }

        return batch;
    }

    private RunMeasurement BeginHeardRun(ModelReference model)
    {
        var activity = Activities.StartActivity(TelemetryActivities.Run);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(TelemetryTags.Model, model.ToString());
        }

        return new RunMeasurement(_time.GetTimestamp(), activity);
    }

    private void End(in RunMeasurement run, in KeyValuePair<string, object?> outcome)
    {
        _run.Record(_time.GetElapsedTime(run.Begun).TotalSeconds, outcome);
        run.Activity?.Dispose();
    }

    private async ValueTask<bool> MeasureTurnAsync(DeviceLane lane, ValueTask<bool> turn)
    {
        using var activity = Activities.StartActivity(TelemetryActivities.Queue);
        activity?.SetTag(TelemetryTags.Device, lane.Tag.Value);
        var started = _time.GetTimestamp();
        try
        {
            return await turn.ConfigureAwait(false);
        }
        finally
        {
            _queue.Record(_time.GetElapsedTime(started).TotalSeconds, lane.Tag);
        }
    }

    private void NoteFailure(string stage, Exception exception, Activity? activity)
    {
        if (exception is OperationCanceledException)
        {
            return;
        }

        _failures.Add(1, new(TelemetryTags.Stage, stage), new(TelemetryTags.ErrorType, exception.GetType().Name));
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message).SetTag(TelemetryTags.ErrorType, exception.GetType().Name);
    }
}
