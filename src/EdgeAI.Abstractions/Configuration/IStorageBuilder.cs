using EdgeAI.Storage;

namespace EdgeAI.Configuration;

/// <summary>What <c>AddStorage</c> gives to its callback: says where an instance's store spreads to.</summary>
public interface IStorageBuilder : IEdgeAIBuilder
{
    /// <summary>Adds a cluster. The first one added is the primary, the others are backups, in order.</summary>
    /// <param name="cluster">Makes it, with the app's services, when the store is first asked for.</param>
    /// <returns>The same builder.</returns>
    IStorageBuilder AddCluster(Func<IServiceProvider, StorageCluster> cluster);
}
