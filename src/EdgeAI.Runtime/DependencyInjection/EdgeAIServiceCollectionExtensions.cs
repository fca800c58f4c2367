using System.Diagnostics.Metrics;
using EdgeAI;
using EdgeAI.Configuration;
using EdgeAI.DependencyInjection;
using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Memory;
using EdgeAI.Monitoring;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Sources;
using EdgeAI.Startup;
using EdgeAI.Storage;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds EdgeAI to an app's services.</summary>
public static class EdgeAIServiceCollectionExtensions
{
    /// <summary>
    /// Adds the default instance: <see cref="IModelStore"/>, <see cref="IInferenceEngine"/> and <see cref="EdgeRuntime"/>, as singletons. Options come from
    /// the configuration section <c>EdgeAI</c> when the app has a configuration, then from <paramref name="configure"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets options, or null.</param>
    /// <returns>A builder for further calls. What is registered already is left as it is, so that an app's own implementation wins.</returns>
    public static IEdgeAIBuilder AddEdgeAI(this IServiceCollection services, Action<EdgeAIOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<IConfigureOptions<EdgeAIOptions>>(provider => new ConfigureNamedOptions<EdgeAIOptions>(
            Options.Options.DefaultName,
            options => provider.GetService<IConfiguration>()?.GetSection(EdgeAIOptions.SectionName).Bind(options)));
        services.AddSingleton(new InstanceConfiguration(null, provider => provider.GetService<IConfiguration>()?.GetSection(EdgeAIOptions.SectionName)));
        return services.AddInstance(name: null, configure);
    }

    /// <summary>Adds the default instance with options from a configuration section, and from no other.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="section">The section, such as <c>configuration.GetSection("EdgeAI")</c>.</param>
    /// <returns>A builder for further calls.</returns>
    public static IEdgeAIBuilder AddEdgeAI(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton(new InstanceConfiguration(null, _ => section));
        return services.AddInstance(name: null, options => section.Bind(options));
    }

    /// <summary>Adds a further instance, with a store and an engine of its own: keyed services under its name.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">The instance's name, which is the key.</param>
    /// <param name="configure">Sets options; give each instance its own <see cref="EdgeAIOptions.DataDirectory"/>, or they share one store.</param>
    /// <returns>A builder for further calls.</returns>
    public static IEdgeAIBuilder AddEdgeAI(this IServiceCollection services, string name, Action<EdgeAIOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return services.AddInstance(name, configure);
    }

    private static EdgeAIBuilder AddInstance(this IServiceCollection services, string? name, Action<EdgeAIOptions>? configure)
    {
        var options = services.AddOptionsWithValidateOnStart<EdgeAIOptions>(name ?? Options.Options.DefaultName);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EdgeAIOptions>, EdgeAIOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EdgeAIOptions>, MonitoringOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHotFileLayout>(ModelStore.Layout);
        services.TryAddInstance(name, provider => new InstanceMeter(provider.GetService<IMeterFactory>(), name));
        services.TryAddInstance<ITransferScheduler>(
            name,
            provider => new TransferScheduler(OptionsOf(provider, name).Storage.Bandwidth, provider.GetRequiredService<TimeProvider>(), MeterOf(provider, name)));
        services.TryAddInstance<IModelStore>(name, provider => CreateStore(provider, name));
        services.TryAddInstance<IInferenceEngine>(name, provider => CreateEngine(provider, name));
        services.TryAddInstance(name, provider => MonitoringComposition.CreateMonitor(provider, name, OptionsOf(provider, name).Monitoring));
        services.TryAddInstance<IEdgeMonitor>(name, provider => provider.GetInstance<EdgeMonitor>(name));
        services.TryAddInstance(name, provider => CreateRuntime(provider, name));
        if (!services.Any(service => service.ImplementationInstance is InstanceStartup startup && startup.Name == name))
        {
            services.AddSingleton(new InstanceStartup(name));
            services.AddMonitoringParts(name);
            services.AddSingleton<IHostedService>(provider => new ModelStartup(provider.GetInstance<EdgeRuntime>(name)));
        }

        return new EdgeAIBuilder(services, name);
    }

    private static EdgeAIOptions OptionsOf(IServiceProvider services, string? name) =>
        services.GetRequiredService<IOptionsMonitor<EdgeAIOptions>>().Get(name ?? Options.Options.DefaultName);

    private static ModelStore CreateStore(IServiceProvider services, string? name) => ModelStore.Open(
        OptionsOf(services, name).DataDirectory,
        OptionsOf(services, name).Storage,
        services.GetRequiredService<TimeProvider>(),
        AppLogging.LoggerOf<ModelStore>(services),
        services.GetInstance<ITransferScheduler>(name),
        services.GetInstances<IModelSourceScheme>(name),
        [.. services.GetInstances<StorageCluster>(name)],
        MeterOf(services, name));

    private static EdgeRuntime CreateRuntime(IServiceProvider services, string? name)
    {
        var (store, options) = (services.GetInstance<IModelStore>(name), OptionsOf(services, name));
        var placement = new PlacementLoop(store, options.Storage, services.GetRequiredService<TimeProvider>(), AppLogging.LoggerOf<EdgeRuntime>(services));
        return new EdgeRuntime(store, services.GetInstance<IInferenceEngine>(name), options, placement, services.GetInstance<EdgeMonitor>(name));
    }

    // The processor comes last: it can run everything, so whatever stood after it would never be asked.
    private static InferenceEngine CreateEngine(IServiceProvider services, string? name)
    {
        var options = OptionsOf(services, name);
        var system = services.GetService<ISystemMemory>() ?? SystemMemory.Current;
        var processor = new OnnxCpuProvider(
            services.GetRequiredService<IHotFileLayout>(),
            options.Inference,
            MemoryBudget.Create(options.Memory, system).Limit,
            AppLogging.LoggerOf<OnnxCpuProvider>(services));
        var engine = new InferenceEngine(
            services.GetInstance<IModelStore>(name),
            [.. services.GetInstances<IExecutionProvider>(name), .. new OnnxProviders(options.Inference).Find(), processor],
            options,
            system,
            services.GetRequiredService<TimeProvider>(),
            AppLogging.LoggerOf<InferenceEngine>(services),
            MeterOf(services, name));
        processor.WorkingMemory = engine.WorkingMemory;
        return engine;
    }

    private static Meter MeterOf(IServiceProvider services, string? name) => services.GetInstance<InstanceMeter>(name).Meter;

}
