using System.Collections.Concurrent;
using System.Diagnostics;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>
/// The models that requests are answered with. Each is loaded by the first request for it, compared with the store once a second (a tag may have moved), and given back to the engine, whose
/// keep-alive it then has, when nobody has asked for it for ten seconds. Thread-safe.
/// </summary>
internal sealed partial class ServedModels : IAsyncDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Name, string? Version), ServedModel> _models = [];
    private readonly ConcurrentDictionary<ModelReference, ModelCounters> _counters = [];
    private readonly Dictionary<(string Name, string? Version), Task<ServedModel>> _loads = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly IModelStore _store;
    private readonly IInferenceEngine _engine;
    private readonly EdgeAIOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _isDisposed;

    public ServedModels(IModelStore store, IInferenceEngine engine, EdgeAIOptions options, TimeProvider time, ILogger<ServedModels> logger)
    {
        _store = store;
        _engine = engine;
        _options = options;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => ReleaseIdle(), null, IdleAfter, IdleAfter);
    }

    public IModelStore Store => _store;

    public IInferenceEngine Engine => _engine;

    public TimeProvider Time => _time;

    /// <summary>Models that were asked for since the app's start, and what came of it.</summary>
    public IEnumerable<(ModelReference Model, ModelCounters Counters)> Statistics =>
        _counters.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal);

    /// <summary>The model to answer a request with, loaded if need be; the caller ends with <see cref="ServedModel.Exit"/>.</summary>
    /// <exception cref="ModelNotFoundException">There is none of that name and version.</exception>
    public ValueTask<ServedModel> EnterAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        if (_models.TryGetValue((name, version), out var model) && _time.GetElapsedTime(model.CheckedAt, now) < CheckEvery && model.TryEnter())
        {
            model.UsedAt = now;
            return new(model);
        }

        return CheckAsync(name, version, isKept: false, cancellationToken);
    }

    /// <summary>Loads a model, and keeps it until <see cref="UnloadAsync"/>.</summary>
    public async ValueTask LoadAsync(string name, string? version, CancellationToken cancellationToken) =>
        (await CheckAsync(name, version, isKept: true, cancellationToken).ConfigureAwait(false)).Exit();

    /// <summary>Lets go of a model, and gives its memory back.</summary>
    /// <returns>Whether it was loaded.</returns>
    public async ValueTask<bool> UnloadAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var (reference, _) = await ResolveAsync(name, version, cancellationToken).ConfigureAwait(false);
        foreach (var (key, model) in _models)
        {
            if (model.Reference == reference && _models.TryRemove(KeyValuePair.Create(key, model)))
            {
                await model.RetireAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return await _engine.SwapOutAsync(reference, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Which model a name and a version mean now: without a version, <c>latest</c>, and where there is none, the tag that was set last.</summary>
    /// <exception cref="ModelNotFoundException">There is none.</exception>
    public async ValueTask<(ModelReference Reference, ModelInfo Info)> ResolveAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var reference = ReferenceOf(name, version);
        if (version is null && !name.Contains(':', StringComparison.Ordinal) && reference.Digest is null
            && await _store.FindAsync(reference, cancellationToken).ConfigureAwait(false) is null)
        {
            var tags = (await _store.ListAsync(cancellationToken).ConfigureAwait(false)).Where(model => model.Reference.Name == reference.Name);
            reference = tags.MaxBy(model => model.ImportedAt)?.Reference ?? reference;
        }

        return (reference, await _store.ResolveAsync(reference, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What was counted for a model.</summary>
    public ModelCounters CountersOf(ModelReference reference) => _counters.GetOrAdd(reference, static _ => new ModelCounters());

    /// <summary>What was counted for a model, if it was asked for.</summary>
    public ModelCounters? FindCounters(ModelReference reference) => _counters.GetValueOrDefault(reference);

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var load in LoadsNow())
        {
            await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var (key, model) in _models)
        {
            if (_models.TryRemove(KeyValuePair.Create(key, model)))
            {
                await model.RetireAsync().ConfigureAwait(false);
            }
        }

        _stopping.Dispose();
    }

    private Task[] LoadsNow()
    {
        lock (_lock)
        {
            return [.. _loads.Values];
        }
    }

    private static ModelReference ReferenceOf(string name, string? version)
    {
        if (version is null)
        {
            return ModelReference.Parse(name);
        }

        return name.AsSpan().ContainsAny(':', '@')
            ? throw ProtocolException.Malformed($"'{name}' has a tag, and the version '{version}' is given too; give one of them.")
            : ModelReference.Parse(version.StartsWith("sha256:", StringComparison.Ordinal) ? $"{name}@{version}" : $"{name}:{version}");
    }

    private async ValueTask<ServedModel> CheckAsync(string name, string? version, bool isKept, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (reference, info) = await ResolveAsync(name, version, cancellationToken).ConfigureAwait(false);
            if (_models.TryGetValue((name, version), out var model) && model.Lease.Digest == info.Digest && model.Reference == reference && model.TryEnter())
            {
                return Use(model, isKept);
            }

            model = await StartLoad((name, version), reference).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (model.TryEnter())
            {
                return Use(model, isKept);
            }
        }
    }

    // A load goes on when its callers leave: clients that wait for less than it takes would otherwise never get the model.
    private Task<ServedModel> StartLoad((string Name, string? Version) key, ModelReference reference)
    {
        lock (_lock)
        {
            if (!_loads.TryGetValue(key, out var load))
            {
                load = Task.Run(() => LoadAsync(key, reference));
                _loads.Add(key, load);
            }

            return load;
        }
    }

    private async Task<ServedModel> LoadAsync((string Name, string? Version) key, ModelReference reference)
    {
        try
        {
            var lease = await _engine.LoadAsync(reference, _stopping.Token).ConfigureAwait(false);
            return Replace(key, new ServedModel(reference, lease, IsBatched(reference), CountersOf(reference)));
        }
        finally
        {
            lock (_lock)
            {
                _loads.Remove(key);
            }
        }
    }

    private ServedModel Use(ServedModel model, bool isKept)
    {
        model.CheckedAt = _time.GetTimestamp();
        model.UsedAt = model.CheckedAt;
        model.IsKept |= isKept;
        return model;
    }

    // Of several that loaded it at once the first one's lease serves.
    private ServedModel Replace((string Name, string? Version) key, ServedModel loaded)
    {
        ServedModel? old;
        lock (_lock)
        {
            if (_isDisposed)
            {
                Retire(loaded);
                ObjectDisposedException.ThrowIf(_isDisposed, this);
            }

            if (_models.TryGetValue(key, out old) && old.Lease.Digest == loaded.Lease.Digest && old.Reference == loaded.Reference)
            {
                Retire(loaded);
                return old;
            }

            loaded.IsKept = old?.IsKept ?? false;
            loaded.UsedAt = _time.GetTimestamp();
            _models[key] = loaded;
        }

        if (old is not null)
        {
            Retire(old);
        }

        return loaded;
    }

    private void ReleaseIdle()
    {
        // The timer has the request that came first, which is over.
        Activity.Current = null;
        var now = _time.GetTimestamp();
        foreach (var (key, model) in _models)
        {
            if (!model.IsKept && _time.GetElapsedTime(model.UsedAt, now) >= IdleAfter)
            {
                lock (_lock)
                {
                    if (!_models.TryRemove(KeyValuePair.Create(key, model)))
                    {
                        continue;
                    }
                }

                Retire(model);
            }
        }
    }

    // Requests in progress may go on for long; nobody waits for them here.
    private void Retire(ServedModel model) => _ = Task.Run(async () =>
    {
        try
        {
            await model.RetireAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogNotReleased(_logger, exception, model.Reference);
        }
    });

    private bool IsBatched(ModelReference reference) =>
        _options.Models.LastOrDefault(entry => entry.Batching is not null && ModelReference.TryParse(entry.Name, null, out var named) && named == reference)
            is { Batching.MaxBatchSize: > 1 };

    [LoggerMessage(1, LogLevel.Error, "The lease of {Model} could not be given back.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception, ModelReference model);
}
