using EdgeAI.Configuration;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds clusters of inference servers to an EdgeAI instance.</summary>
public static class RemoteClusterBuilderExtensions
{
    /// <summary>
    /// Adds a cluster as the device <c>NAME:remote</c>. Options come from the configuration section <c>EdgeAI:RemoteClusters:NAME</c> for the default instance, then from <paramref name="configure"/>, and are checked at the
    /// app's start.
    /// </summary>
    /// <param name="builder">The instance.</param>
    /// <param name="name">The cluster's name: lowercase letters, digits, <c>-</c> and <c>.</c>; unique among the instance's providers.</param>
    /// <param name="configure">Says where it is, and how to use it; null when the configuration does.</param>
    /// <param name="source">Makes who knows its endpoints, with the app's services; null when the options say where they are.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
    public static IEdgeAIBuilder AddRemoteCluster(
        this IEdgeAIBuilder builder, string name, Action<RemoteClusterOptions>? configure = null, Func<IServiceProvider, IRemoteEndpointSource>? source = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Require(builder, name);
        var optionsName = OptionsNameOf(builder, name);
        var options = builder.Services.AddOptionsWithValidateOnStart<RemoteClusterOptions>(optionsName);
        if (builder.Name is null)
        {
            builder.Services.AddSingleton<IConfigureOptions<RemoteClusterOptions>>(provider => new ConfigureNamedOptions<RemoteClusterOptions>(
                optionsName,
                read => provider.GetService<IConfiguration>()?.GetSection(RemoteClusterOptions.SectionName).GetSection(name).Bind(read)));
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.AddSingleton<IValidateOptions<RemoteClusterOptions>>(new RemoteClusterOptionsValidator(optionsName, name, source is not null));

        // Keyed, so that the container ends it whoever asks for it.
        var key = (builder.Name, name);
        builder.Services.AddKeyedSingleton(key, (provider, _) => Create(provider, optionsName, name, source));
        _ = builder.Name is null
            ? builder.Services.AddSingleton<IExecutionProvider>(provider => provider.GetRequiredKeyedService<RemoteClusterProvider>(key))
            : builder.Services.AddKeyedSingleton<IExecutionProvider>(builder.Name, (provider, _) => provider.GetRequiredKeyedService<RemoteClusterProvider>(key));
        return builder;
    }

    /// <summary>Adds the clusters of a configuration section, one for each part of it, called as that is, with the properties of <see cref="RemoteClusterOptions"/>.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="clusters">The section, such as <c>EdgeAI:RemoteClusters</c>. Empty adds nothing.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A name is none, or is taken.</exception>
    public static IEdgeAIBuilder AddRemoteClusters(this IEdgeAIBuilder builder, IConfiguration clusters)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(clusters);
        foreach (var section in clusters.GetChildren())
        {
            builder.AddRemoteCluster(section.Key, options =>
            {
                // Read again where it is the section that is read by itself; a list would be there twice.
                options.Endpoints.Clear();
                section.Bind(options);
            });
        }

        return builder;
    }

    private static RemoteClusterProvider Create(IServiceProvider services, string optionsName, string name, Func<IServiceProvider, IRemoteEndpointSource>? source)
    {
        var options = services.GetRequiredService<IOptionsMonitor<RemoteClusterOptions>>().Get(optionsName);
        var logger = services.GetService<ILogger<RemoteClusterProvider>>() ?? NullLogger<RemoteClusterProvider>.Instance;
        return new RemoteClusterProvider(name, options, new EndpointFinder(options, SourceOf(services, options, name, source)), services.GetService<TimeProvider>() ?? TimeProvider.System, logger);
    }

    private static IRemoteEndpointSource? SourceOf(IServiceProvider services, RemoteClusterOptions options, string name, Func<IServiceProvider, IRemoteEndpointSource>? source) =>
        source is not null ? source(services)
        : options.Service is not { } service ? null
        : new ServiceDiscoverySource(
            service,
            services.GetService<ServiceEndpointResolver>() ?? throw new InvalidOperationException($"The remote cluster '{name}' is found by service discovery (Service), and the app has none: services.AddServiceDiscovery()."));

    private static string OptionsNameOf(IEdgeAIBuilder builder, string name) => builder.Name is null ? name : $"{builder.Name}/{name}";

    private static void Require(IEdgeAIBuilder builder, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name is "cpu" || name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '.')))
        {
            throw new ArgumentException($"'{name}' can't be a cluster's name: lowercase letters, digits, '-' and '.' can, and not 'cpu', which is the processor.", nameof(name));
        }

        if (builder.Services.Any(service => Equals(service.ServiceKey, (builder.Name, name)) && service.ServiceType == typeof(RemoteClusterProvider)))
        {
            throw new ArgumentException($"There is a cluster '{name}' already.", nameof(name));
        }
    }
}
