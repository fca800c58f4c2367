using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Loading;

/// <summary>The models that an engine has, in memory or swapped out. Thread-safe; see readme.md beside this file for the states.</summary>
internal sealed partial class LoadedModels : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, SharedModel> _models = [];
    private readonly Dictionary<SessionKey, ModelProfile> _profiles = [];
    private readonly MemoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MemoryBudget _budget;
    private readonly MemoryMeter _meter;
    private readonly MemoryTrimmer _trimmer;
    private readonly PressureMonitor _pressure;
    private readonly RuntimeTelemetry _telemetry;
    private int _sessions;
    private bool _isDisposed;

    public LoadedModels(MemoryOptions options, ISystemMemory system, MemoryMeter meter, TimeProvider time, ILogger logger, RuntimeTelemetry? telemetry = null)
    {
        _telemetry = telemetry ?? RuntimeTelemetry.Default;
        _options = options;
        _time = time;
        _logger = logger;
        _meter = meter;
        _budget = MemoryBudget.Create(options, system);
        _trimmer = new MemoryTrimmer(system, time);
        _pressure = new PressureMonitor(options, system, time, Free);
    }

    /// <summary>Takes a model up, and loads it if it is not in memory.</summary>
    /// <param name="request">Which model, and how.</param>
    /// <param name="isPin">Whether the caller wants it never swapped out.</param>
    /// <param name="cancellationToken">Cancels this caller's wait.</param>
    /// <returns>The model, held once more, and its session as it is now; give the model back by <see cref="ReleaseAsync"/>.</returns>
    public async ValueTask<(SharedModel Model, LoadedSession Session)> AcquireAsync(ModelRequest request, bool isPin, CancellationToken cancellationToken)
    {
        SharedModel model;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            model = Find_NeedsLock(request);
            model.Holders++;
            model.Pins += isPin ? 1 : 0;
            model.IdleTimer?.Dispose();
            model.IdleTimer = null;
            model.KeepAlive = request.IsKeepAliveWished ? request.KeepAlive : model.KeepAlive;
        }

        try
        {
            model.Profile.Use(_time.GetTimestamp());
            return (model, (await GetSessionAsync(model, request, cancellationToken).ConfigureAwait(false)).Session);
        }
        catch
        {
            await ReleaseAsync(model, isPin).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Holds a model once more, for who has it already; give it back by <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds it any more.</exception>
    public void Hold(SharedModel model)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(model.Holders == 0, typeof(IModelLease));
            model.Holders++;
        }
    }

    /// <summary>Gives a model back, and waits if it has to leave with its last holder.</summary>
    public void Release(SharedModel model)
    {
        var releasing = ReleaseAsync(model, isPin: false);
        if (!releasing.IsCompletedSuccessfully)
        {
            releasing.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Gives a model back.</summary>
    public ValueTask ReleaseAsync(SharedModel model, bool isPin)
    {
        SessionGate? leaving;
        lock (_lock)
        {
            model.Holders--;
            model.Pins -= isPin ? 1 : 0;
            leaving = Settle_NeedsLock(model);
        }

        return leaving is null ? ValueTask.CompletedTask : new ValueTask(Task.Run(() => Unload(model, leaving)));
    }

    /// <summary>What is known of a model on a device.</summary>
    public ModelProfile ProfileOf(SessionKey key)
    {
        lock (_lock)
        {
            return ProfileOf_NeedsLock(key);
        }
    }

    public MemoryReport Report()
    {
        lock (_lock)
        {
            return Report_NeedsLock();
        }
    }

    /// <summary>
    /// Unloads what nobody holds, and cancels loads; models that are held or run stay until they are given back and their runs are over. A provider whose load or closing hangs is waited for half a minute, and then left to it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        var ending = EndAsync();
        await ending.WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ending.IsCompleted)
        {
            await ending.ConfigureAwait(false);
        }
        else
        {
            LogLeft(_logger, Patience);
        }

        _pressure.Dispose();
        _trimmer.Dispose();
    }

    private async Task EndAsync()
    {
        (SharedModel Model, SessionGate Gate)[] idle;
        SharedLoad[] loads;
        lock (_lock)
        {
            _isDisposed = true;
            RefuseRequests_NeedsLock();
            loads = [.. _models.Values.Select(model => model.Load).OfType<SharedLoad>()];
            idle = [.. _models.Values.ToArray().Select(model => (model, Settle_NeedsLock(model)!)).Where(pair => pair.Item2 is not null)];
        }

        foreach (var load in loads)
        {
            await load.CancelAsync().ConfigureAwait(false);
            await ((Task)load.Session).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var (model, gate) in idle)
        {
            await Task.Run(() => Unload(model, gate)).ConfigureAwait(false);
        }

        foreach (var leaving in LeavingTasks())
        {
            await leaving.ConfigureAwait(false);
        }
    }

    private Task[] LeavingTasks()
    {
        lock (_lock)
        {
            return [.. _models.Values.Where(model => model is { Leaving: not null, Holders: 0 }).Select(model => model.Leaving!.Task)];
        }
    }

    private SharedModel Find_NeedsLock(ModelRequest request)
    {
        if (!_models.TryGetValue(request.Key, out var model))
        {
            model = new SharedModel(request, ProfileOf_NeedsLock(request.Key));
            _models.Add(request.Key, model);
        }

        return model;
    }

    private ModelProfile ProfileOf_NeedsLock(SessionKey key)
    {
        if (!_profiles.TryGetValue(key, out var profile))
        {
            profile = new ModelProfile();
            _profiles.Add(key, profile);
        }

        return profile;
    }

    private MemoryReport Report_NeedsLock() => new(
        _budget.Limit,
        _budget.Reserved,
        [.. _models.Values
            .Select(Describe)
            .OrderByDescending(model => model.Memory.Total)]);

    private static LoadedModel Describe(SharedModel model) =>
        new(model.Reference, model.Digest, model.State, model.Charge, model.IsMeasured, model.Holders, model.Pins) { Device = model.Request.Device, Isolation = model.Request.Isolation };

    private void ThrowIfDisposed_NeedsLock() => ObjectDisposedException.ThrowIf(_isDisposed, typeof(InferenceEngine));

    [LoggerMessage(3, LogLevel.Information, "Unloaded {Model}, which had {Memory}.")]
    private static partial void LogUnloaded(ILogger logger, ModelReference model, MemoryUse memory);

    [LoggerMessage(4, LogLevel.Error, "The session of {Model} could not be closed; its memory may be lost.")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, ModelReference model);

    [LoggerMessage(9, LogLevel.Error, "A load, a run or the closing of a session hangs, and was waited for {Patience}; it is left to itself.")]
    private static partial void LogLeft(ILogger logger, TimeSpan patience);

    [LoggerMessage(5, LogLevel.Information, "Memory runs short: {Models} idle model(s) are unloaded for {Bytes} bytes.")]
    private static partial void LogPressure(ILogger logger, int models, long bytes);
}
