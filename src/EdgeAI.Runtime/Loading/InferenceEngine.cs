using System.Diagnostics.Metrics;
using System.Text;
using EdgeAI.Batching;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Scheduling;
using EdgeAI.Storage;
using EdgeAI.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Loading;

/// <summary>Loads models from a store onto the devices of its providers.</summary>
internal sealed partial class InferenceEngine : IInferenceEngine, IAsyncDisposable, IDisposable
{
    private readonly IModelStore _store;
    private readonly EdgeAIOptions _options;
    private readonly ModelLoader _loader;
    private readonly LoadedModels _models;
    private readonly DeviceScheduler _scheduler;
    private readonly ModelRunner _runner;
    private readonly ModelBatchers _batchers;
    private readonly LoadShedding _shedding;
    private readonly RuntimeTelemetry _telemetry;

    public InferenceEngine(
        IModelStore store,
        IEnumerable<IExecutionProvider> providers,
        EdgeAIOptions options,
        ISystemMemory system,
        TimeProvider time,
        ILogger<InferenceEngine> logger,
        Meter engineMeter)
    {
        _telemetry = new RuntimeTelemetry(engineMeter, time);
        _shedding = new LoadShedding(_telemetry);
        _store = store;
        _options = options;
        var meter = system == SystemMemory.Current ? MemoryMeter.Process : new MemoryMeter(system);
        _loader = new ModelLoader(store, options.Inference, MemoryBudget.Create(options.Memory, system).Limit, meter, time, logger);
        _models = new LoadedModels(options.Memory, system, meter, time, logger, _telemetry);
        _scheduler = new DeviceScheduler(providers, options.Inference, time, logger);
        _runner = new ModelRunner(_scheduler, _models, _shedding, _telemetry, time, logger);
        _batchers = new ModelBatchers(time, logger, _telemetry);
        _ = new EngineGauges(engineMeter, _models.Report, _scheduler.All);
    }

    public ValueTask<IModelLease> LoadAsync(ModelReference model, ModelLoadOptions? options, CancellationToken cancellationToken = default) =>
        LoadAsync(model, options ?? new ModelLoadOptions(), isPin: false, cancellationToken);

    public ValueTask<IModelLease> PinAsync(ModelReference model, CancellationToken cancellationToken = default) =>
        LoadAsync(model, new ModelLoadOptions(), isPin: true, cancellationToken);

    public async ValueTask SwapInAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        var lease = await LoadAsync(model, null, cancellationToken).ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask<bool> SwapOutAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);

        // A name may have moved on, or be gone from the store, while the model that it meant is loaded.
        var digest = model.Digest ?? (await _store.FindAsync(model, cancellationToken).ConfigureAwait(false))?.Digest;
        var found = _models.FindAll(candidate => candidate.Digest == digest);
        var wasIn = false;
        foreach (var shared in found.Length > 0 ? found : _models.FindAll(candidate => candidate.Reference == model))
        {
            wasIn |= await _models.SwapOutAsync(shared, cancellationToken).ConfigureAwait(false);
        }

        return wasIn;
    }

    /// <summary>Bytes of the engine's budget for work beside requests.</summary>
    public IWorkingMemory WorkingMemory => _models;

    public event Action<DeviceFault>? DeviceFailed
    {
        add => _scheduler.Failed += value;
        remove => _scheduler.Failed -= value;
    }

    public IReadOnlyList<DeviceStatus> Devices => _scheduler.Devices;

    public IDisposable OverrideRemotePolicy(RemotePolicy policy, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return _scheduler.Remote.Begin(policy, reason);
    }

    public MemoryReport GetMemory() => _models.Report();

    public ValueTask DisposeAsync()
    {
        _batchers.Flush();
        return _models.DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask<IModelLease> LoadAsync(ModelReference model, ModelLoadOptions options, bool isPin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (options.KeepAlive is { } keepAlive && keepAlive < TimeSpan.Zero && keepAlive != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), keepAlive, "The keep-alive must be zero or more, or Timeout.InfiniteTimeSpan.");
        }

        var batching = options.Batching ?? BatchingOf(model);
        ModelBatchers.Require(batching);
        var remote = options.RemotePolicy ?? RemotePolicyOf(model);
        var (info, digest) = await ResolveAsync(model, remote, options.Device, cancellationToken).ConfigureAwait(false);
        var isolation = options.Isolation ?? IsolationOf(model);
        var leased = new LeasedModel(digest, isolation, lane => RequestOn(lane), _models, _scheduler.Lanes, isPin) { RemotePolicy = remote, IsRemoteOnly = info is null };
        try
        {
            var (lane, shared, session) = await _runner.LoadAsync(model, leased, options.Device, cancellationToken).ConfigureAwait(false);
            var lease = new ModelLease(model, shared, session, leased, lane, _runner, _models, options.Device, ChecksOutputsOf(model));
            return batching is { MaxBatchSize: > 1 } ? await _batchers.BatchAsync(lease, batching).ConfigureAwait(false) : lease;
        }
        catch
        {
            await leased.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ModelRequest RequestOn(DeviceLane lane)
        {
            var profile = _models.ProfileOf(new SessionKey(digest, lane.Device, isolation));
            return new ModelRequest(model, digest, LoadAsync, options.KeepAlive ?? KeepAliveOf(model))
            {
                Device = lane.Device,
                Isolation = isolation,
                IsKeepAliveWished = options.KeepAlive is not null,
                Priority = options.Priority,
                Progress = options.Progress,
            };

            Task<LoadedSession> LoadAsync(SharedLoad load) => lane.Provider is IRemoteExecutionProvider provider
                ? _loader.LoadRemoteAsync(model, info, provider, lane.Device, profile, load)
                : _loader.LoadAsync(info!, lane, isolation, profile, load);
        }
    }

    // What the store knows of a model, and by what it is told from others. A model that only remote devices may have is told by its reference.
    private async ValueTask<(ModelInfo? Info, Digest Digest)> ResolveAsync(ModelReference model, RemotePolicy? wished, string? device, CancellationToken cancellationToken)
    {
        var isNamed = device is not null && _scheduler.IsRemote(device);
        var policy = _scheduler.Remote.Find(null, wished);
        var mayBeRemote = _scheduler.HasRemote && (device is null ? policy != RemotePolicy.LocalOnly : isNamed);
        if (!mayBeRemote)
        {
            var here = await _store.ResolveAsync(model, cancellationToken).ConfigureAwait(false);
            return (here, here.Digest);
        }

        ModelInfo? found;
        try
        {
            found = policy == RemotePolicy.RemoteOnly || isNamed
                ? await _store.FindAsync(model, cancellationToken).ConfigureAwait(false)
                : await _store.ResolveAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ModelNotFoundException or ClusterUnavailableException)
        {
            found = null;
        }

        return (found, found?.Digest ?? model.Digest ?? Digest.Of(Encoding.UTF8.GetBytes($"remote {model}")));
    }

    private RemotePolicy? RemotePolicyOf(ModelReference model) =>
        _options.Models.LastOrDefault(entry => entry.RemotePolicy is not null && ModelReference.Parse(entry.Name) == model)?.RemotePolicy;

    private TimeSpan KeepAliveOf(ModelReference model) =>
        _options.Models.LastOrDefault(entry => entry.KeepAlive is not null && ModelReference.Parse(entry.Name) == model)?.KeepAlive ?? _options.Inference.KeepAlive;

    private bool ChecksOutputsOf(ModelReference model) =>
        _options.Models.LastOrDefault(entry => entry.CheckOutputs is not null && ModelReference.Parse(entry.Name) == model)?.CheckOutputs ?? _options.Inference.CheckOutputs;

    private ModelIsolation IsolationOf(ModelReference model) =>
        _options.Models.LastOrDefault(entry => entry.Isolation is not null && ModelReference.Parse(entry.Name) == model)?.Isolation ?? _options.Inference.Isolation;

    private BatchingOptions? BatchingOf(ModelReference model) =>
        _options.Models.LastOrDefault(entry => entry.Batching is not null && ModelReference.Parse(entry.Name) == model)?.Batching;
}
