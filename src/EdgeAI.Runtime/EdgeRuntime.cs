using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Monitoring;
using EdgeAI.Startup;
using EdgeAI.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI;

/// <summary>An EdgeAI instance: a store, and an engine that runs what is in it. From dependency injection, or made by <see cref="Create"/>.</summary>
/// <remarks>Thread-safe. Whoever called <see cref="Create"/> disposes it; a container disposes its own.</remarks>
public sealed class EdgeRuntime : IAsyncDisposable, IDisposable
{
    private readonly EdgeAIOptions _options;
    private readonly PlacementLoop _placement;
    private readonly EdgeMonitor _monitor;
    private readonly List<IModelLease> _prewarmed = [];
    private readonly SemaphoreSlim _starting = new(1, 1);
    private ServiceProvider? _services;
    private volatile bool _isStarted;

    internal EdgeRuntime(IModelStore store, IInferenceEngine engine, EdgeAIOptions options, PlacementLoop placement, EdgeMonitor monitor)
    {
        _monitor = monitor;
        _placement = placement;
        Store = store;
        Engine = engine;
        _options = options;
    }

    /// <summary>Keeps models.</summary>
    public IModelStore Store { get; }

    /// <summary>Runs models.</summary>
    public IInferenceEngine Engine { get; }

    /// <summary>Watches the instance, and acts by its rules once it is started.</summary>
    public IEdgeMonitor Monitor => _monitor;

    /// <summary>Makes an instance without a host.</summary>
    /// <param name="configure">Sets options, or null.</param>
    /// <param name="build">Adds models, providers and tiers as an app with a host would, or null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static EdgeRuntime Create(Action<EdgeAIOptions>? configure = null, Action<IEdgeAIBuilder>? build = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddEdgeAI(configure);
        build?.Invoke(builder);
        var provider = services.BuildServiceProvider();
        try
        {
            var runtime = provider.GetRequiredService<EdgeRuntime>();
            runtime._services = provider;
            return runtime;
        }
        catch
        {
            provider.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Imports the models that the options name and the store lacks, loads those to prewarm, and begins to look after the store's tiers and to act by rules. A host calls it at the app's start; without a host
    /// call it yourself. A second call does nothing.
    /// </summary>
    /// <param name="cancellationToken">Cancels the start; what is imported by then stays.</param>
    /// <exception cref="EdgeAIException">A model could not be imported or loaded.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!IsStarted)
            {
                await ImportAsync(cancellationToken).ConfigureAwait(false);
                await PrewarmAsync(cancellationToken).ConfigureAwait(false);
                _placement.Start();
                _monitor.Start();
                IsStarted = true;
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Lets go of prewarmed models, and unloads every model that nobody holds.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);

        // The container disposes this instance too, and comes back here once.
        if (Interlocked.Exchange(ref _services, null) is { } services)
        {
            await services.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does as <see cref="DisposeAsync"/> does, and blocks until it is done: for containers that are disposed without waiting.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Whether models are imported and loaded that the options name.</summary>
    internal bool IsStarted
    {
        get => _isStarted;
        private set => _isStarted = value;
    }

    internal async ValueTask StopAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            await _monitor.StopAsync().ConfigureAwait(false);
            await _placement.DisposeAsync().ConfigureAwait(false);
            foreach (var lease in _prewarmed)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            _prewarmed.Clear();
            IsStarted = false;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async ValueTask ImportAsync(CancellationToken cancellationToken)
    {
        foreach (var model in _options.Models)
        {
            if ((model.Path ?? model.Source) is not null && await Store.FindAsync(model.Name, cancellationToken).ConfigureAwait(false) is null)
            {
                var source = model.Path is { } path ? ModelSource.FromFile(path) : ModelSource.Parse(model.Source!);
                await Store.ImportAsync(model.Name, source, progress: null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask PrewarmAsync(CancellationToken cancellationToken)
    {
        foreach (var name in _options.Models.Where(model => model.Prewarm).Select(model => model.Name).Distinct(StringComparer.Ordinal))
        {
            _prewarmed.Add(await Engine.LoadAsync(name, cancellationToken).ConfigureAwait(false));
        }
    }
}
