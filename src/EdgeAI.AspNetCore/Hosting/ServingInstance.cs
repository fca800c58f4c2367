using System.Diagnostics.Metrics;
using EdgeAI.AspNetCore.Authentication;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Metrics;
using EdgeAI.AspNetCore.Overview;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.AspNetCore.Uploads;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Monitoring;
using EdgeAI.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Hosting;

/// <summary>All that serves one EdgeAI instance.</summary>
internal sealed class ServingInstance : IAsyncDisposable
{
    public ServingInstance(IServiceProvider services, string? name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<EdgeAIOptions>>().Get(name ?? Microsoft.Extensions.Options.Options.DefaultName);
        var time = services.GetRequiredService<TimeProvider>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        Options = services.GetRequiredService<IOptionsMonitor<ServingOptions>>().Get(name ?? Microsoft.Extensions.Options.Options.DefaultName);
        Store = Get<IModelStore>(services, name);
        Engine = Get<IInferenceEngine>(services, name);
        Monitor = Get<IEdgeMonitor>(services, name);
        Keys = new ApiKeys(Options.ApiKeys);
        Health = new ServerHealth(Engine, services.GetRequiredService<IHostApplicationLifetime>());
        Models = new ServedModels(Store, Engine, options, time, loggers.CreateLogger<ServedModels>());
        Runner = new InferenceRunner(Engine, options, Options.Limits, new ServingTelemetry(services.GetRequiredService<IMeterFactory>(), name, Engine), time);
        Descriptions = new ModelDescriptions(Models, Health);
        Repository = new ModelRepository(Models);
        Rest = new RestHandler(Options.Limits, time, loggers.CreateLogger<RestHandler>());
        Uploads = new UploadFolder(Options.UploadDirectory ?? Path.Combine(options.DataDirectory, "uploads"), Options.UploadLifetime, time);
        Metrics = new PrometheusMetrics();
        Tiers = options.Storage.Tiers;
        Watch = new StoreWatch(Store, time);
        Time = time;
    }

    public ServingOptions Options { get; }

    public IModelStore Store { get; }

    public IInferenceEngine Engine { get; }

    public IEdgeMonitor Monitor { get; }

    public ApiKeys Keys { get; }

    public ServerHealth Health { get; }

    public ServedModels Models { get; }

    public InferenceRunner Runner { get; }

    public ModelDescriptions Descriptions { get; }

    public ModelRepository Repository { get; }

    public RestHandler Rest { get; }

    public UploadFolder Uploads { get; }

    public PrometheusMetrics Metrics { get; }

    public TiersOptions Tiers { get; }

    public StoreWatch Watch { get; }

    public TimeProvider Time { get; }

    /// <summary>The instance that a request is for.</summary>
    public static ServingInstance Of(HttpContext context) =>
        Get<ServingInstance>(context.RequestServices, context.GetEndpoint()?.Metadata.GetMetadata<InstanceName>()?.Name);

    public ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        Watch.Dispose();
        return Models.DisposeAsync();
    }

    private static T Get<T>(IServiceProvider services, string? name)
        where T : notnull =>
        name is null ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(name);
}
