using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EdgeAI.DependencyInjection;

/// <summary>Services of one EdgeAI instance: without a key for the default instance, under its name for another.</summary>
internal static class InstanceServices
{
    public static void TryAddInstance<T>(this IServiceCollection services, string? name, Func<IServiceProvider, T> factory)
        where T : class
    {
        if (name is null)
        {
            services.TryAddSingleton(factory);
        }
        else
        {
            services.TryAddKeyedSingleton(name, (provider, _) => factory(provider));
        }
    }

    public static T GetInstance<T>(this IServiceProvider services, string? name)
        where T : notnull =>
        name is null ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(name);

    public static IEnumerable<T> GetInstances<T>(this IServiceProvider services, string? name) =>
        name is null ? services.GetServices<T>() : services.GetKeyedServices<T>(name);
}
