using EdgeAI.Configuration;
using EdgeAI.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.DependencyInjection;

internal sealed record StorageBuilder(IServiceCollection Services, string? Name) : IStorageBuilder
{
    public IStorageBuilder AddCluster(Func<IServiceProvider, StorageCluster> cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _ = Name is null
            ? Services.AddSingleton(cluster)
            : Services.AddKeyedSingleton(Name, (provider, _) => cluster(provider));
        return this;
    }
}
