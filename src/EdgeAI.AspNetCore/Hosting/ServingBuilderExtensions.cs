using EdgeAI.AspNetCore.Authentication;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Grpc;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds what serving an EdgeAI instance over HTTP needs.</summary>
public static class ServingBuilderExtensions
{
    /// <summary>
    /// Adds what <c>MapEdgeAI</c> serves the instance with. Options come from the configuration section <c>EdgeAI:Serving</c> for the default instance, then from <paramref name="configure"/>.
    /// </summary>
    /// <param name="builder">The instance.</param>
    /// <param name="configure">Sets options, or null.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddServing(this IEdgeAIBuilder builder, Action<ServingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (services, name) = (builder.Services, builder.Name);
        var options = services.AddOptionsWithValidateOnStart<ServingOptions>(name ?? Options.Options.DefaultName);
        if (name is null && !services.Any(service => service.ServiceType == typeof(ServingInstance)))
        {
            services.AddSingleton<IConfigureOptions<ServingOptions>>(provider => new ConfigureNamedOptions<ServingOptions>(
                Options.Options.DefaultName,
                serving => provider.GetService<IConfiguration>()?.GetSection(ServingOptions.SectionName).Bind(serving)));
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServingOptions>, ServingOptionsValidator>());
        AddAccess(services);
        services.AddGrpc();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<GrpcServiceOptions<InferenceService>>, GrpcLimits>());
        if (name is null)
        {
            services.TryAddSingleton(provider => new ServingInstance(provider, null));
        }
        else
        {
            services.TryAddKeyedSingleton(name, (provider, _) => new ServingInstance(provider, name));
        }

        return builder.AddMonitoringMetric(
            MonitoringMetrics.QueueDepth,
            provider => new QueueDepthMetric(() => name is null ? provider.GetRequiredService<ServingInstance>() : provider.GetRequiredKeyedService<ServingInstance>(name)),
            MonitoringUnit.Count);
    }

    private static void AddAccess(IServiceCollection services)
    {
        if (services.Any(service => service.ImplementationType == typeof(ScopeHandler)))
        {
            return;
        }

        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(ServingPolicies.Infer, PolicyOf(ServingScopes.Infer))
            .AddPolicy(ServingPolicies.Manage, PolicyOf(ServingScopes.Manage))
            .AddPolicy(ServingPolicies.ReadStore, PolicyOf(ServingScopes.ReadStore))
            .AddPolicy(ServingPolicies.WriteStore, PolicyOf(ServingScopes.WriteStore))
            .AddPolicy(ServingPolicies.Metrics, PolicyOf(ServingScopes.Metrics));
    }

    private static AuthorizationPolicy PolicyOf(string scope) =>
        new AuthorizationPolicyBuilder(ApiKeyHandler.SchemeName).AddRequirements(new ScopeRequirement(scope)).Build();
}
