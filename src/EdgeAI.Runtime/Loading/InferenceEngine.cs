using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Loading;

/// <summary>Loads models from a store onto the devices of its providers.</summary>
internal sealed partial class InferenceEngine(
    IModelStore store,
    IEnumerable<IExecutionProvider> providers,
    InferenceOptions options,
    TimeProvider time,
    ILogger<InferenceEngine> logger) : IInferenceEngine, IAsyncDisposable, IDisposable
{
    private const int KnownModelsInMessage = 8;

    private readonly LoadedModels _models = new(options.KeepAlive, time);
    private readonly (IExecutionProvider Provider, ExecutionDevice Device)[] _devices =
        [.. providers.SelectMany(provider => provider.Devices.Select(device => (provider, device)))];

    public async ValueTask<IModelLease> LoadAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var info = await store.FindAsync(model, cancellationToken).ConfigureAwait(false)
            ?? throw await NotFoundAsync(model, cancellationToken).ConfigureAwait(false);
        var shared = await _models.AcquireAsync(
            info.Digest,
            token => LoadAsync(info, token),
            cancellationToken).ConfigureAwait(false);
        return new ModelLease(model, shared, _models);
    }

    public ValueTask DisposeAsync() => _models.DisposeAsync();

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<LoadedSession> LoadAsync(ModelInfo info, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var files = await store.MaterializeAsync(info.Reference.At(info.Digest), cancellationToken).ConfigureAwait(false);
        try
        {
            var loaded = await LoadOnFirstDeviceAsync(info, files, cancellationToken).ConfigureAwait(false);
            LogLoaded(logger, info.Reference, loaded.Device, time.GetElapsedTime(started).TotalMilliseconds);
            return loaded;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private async ValueTask<LoadedSession> LoadOnFirstDeviceAsync(ModelInfo info, IHotModel files, CancellationToken cancellationToken)
    {
        var failures = new List<ModelLoadException>();
        foreach (var (provider, device) in _devices)
        {
            try
            {
                var session = await provider.CreateSessionAsync(files, device, cancellationToken).ConfigureAwait(false);
                return new LoadedSession(session, device, files);
            }
            catch (ModelLoadException exception)
            {
                LogRefused(logger, exception, device, info.Reference);
                failures.Add(exception);
            }
        }

        throw failures switch
        {
            [] => new ModelLoadException(info.Reference.ToString(), "any device", "No execution provider offers a device."),
            [var only] => new ModelLoadException(info.Reference.ToString(), only.Device, Reason(only), only),
            _ => new ModelLoadException(
                info.Reference.ToString(),
                string.Join(", ", failures.Select(failure => failure.Device)),
                string.Join(" ", failures.Select(failure => $"{failure.Device}: {Reason(failure)}")),
                new AggregateException(failures)),
        };
    }

    private static string Reason(ModelLoadException failure) => (failure.InnerException ?? failure).Message;

    private async ValueTask<ModelNotFoundException> NotFoundAsync(ModelReference model, CancellationToken cancellationToken)
    {
        var known = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return new ModelNotFoundException(model, [.. known.Take(KnownModelsInMessage).Select(info => info.Reference.ToString())]);
    }

    [LoggerMessage(1, LogLevel.Information, "Loaded {Model} on {Device} in {Milliseconds:F0} ms.")]
    private static partial void LogLoaded(ILogger logger, ModelReference model, ExecutionDevice device, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "{Device} could not load {Model}; the next device is tried.")]
    private static partial void LogRefused(ILogger logger, Exception exception, ExecutionDevice device, ModelReference model);
}
