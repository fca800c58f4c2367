using EdgeAI.Configuration;
using EdgeAI.DependencyInjection;
using EdgeAI.Storage;
using EdgeAI.Storage.Nodes;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Says where an EdgeAI instance's store spreads to.</summary>
public static class StorageBuilderExtensions
{
    /// <summary>Says where the store spreads to.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="configure">Adds clusters.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddStorage(this IEdgeAIBuilder builder, Action<IStorageBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        configure(new StorageBuilder(builder.Services, builder.Name));
        return builder;
    }

    /// <summary>Says where models are laid out, ready to map: the fastest disk.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="directory">The directory; it should have nothing else in it.</param>
    /// <param name="capacity">How much it may hold, such as <c>64GB</c>; null for as much as the disk has. What is used least by then goes first; what is in use or pinned stays.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddHotTier(this IStorageBuilder builder, string directory, string? capacity = null) =>
        builder.AddTier(directory, capacity, tiers => tiers.Hot);

    /// <summary>Says where packs are, and whatever is being imported or pulled.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="directory">The directory; it should have nothing else in it.</param>
    /// <param name="capacity">How much it may hold, such as <c>200GB</c>; null for as much as the disk has. What is used least by then goes to the cold tier, which there must be.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddWarmTier(this IStorageBuilder builder, string directory, string? capacity = null) =>
        builder.AddTier(directory, capacity, tiers => tiers.Warm);

    /// <summary>Says where packs of models go that are not used: the cheapest disk.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="directory">The directory; it should have nothing else in it.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddColdTier(this IStorageBuilder builder, string directory) => builder.AddTier(directory, null, tiers => tiers.Cold);

    /// <summary>Says when models go to slower tiers.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="configure">Adds rules.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddLifecycle(this IStorageBuilder builder, Action<LifecycleRules> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Configure(options => configure(new LifecycleRules(options.Storage.Tiers.Lifecycle)));
        return builder;
    }

    /// <summary>Lays the models that were used last out again in the background at the app's start: as many as the hot tier holds.</summary>
    /// <param name="builder">The storage.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder PrewarmWorkingSet(this IStorageBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configure(options => options.Storage.PrewarmWorkingSet = true);
        return builder;
    }

    /// <summary>Adds a cluster on any tier. The first one added is the primary, the others are backups, in order.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="name">Its name, unique within the store. What is still to be sent to it is kept under this name, so keep it.</param>
    /// <param name="tier">Where its objects are; it stays the caller's to dispose.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddCluster(this IStorageBuilder builder, string name, IStorageTier tier)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var cluster = new StorageCluster(name, tier);
        return builder.AddCluster(_ => cluster);
    }

    /// <summary>Adds a cluster on a tier that the app's services make. The first one added is the primary, the others are backups, in order.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="name">Its name, unique within the store. What is still to be sent to it is kept under this name, so keep it.</param>
    /// <param name="tier">Makes the tier, when the store is first asked for.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddCluster(this IStorageBuilder builder, string name, Func<IServiceProvider, IStorageTier> tier)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tier);
        return builder.AddCluster(provider => new StorageCluster(name, tier(provider)));
    }

    /// <summary>Adds another EdgeAI host as a cluster: its store, to pull from, or what it keeps for others.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="name">Its name, unique within the store. What is still to be sent to it is kept under this name, so keep it.</param>
    /// <param name="address">Where the host has the objects, such as <c>https://host:5001/edgeai/v1/shared</c>; see <see cref="HttpNodeTier"/>.</param>
    /// <param name="key">The key to show; null for none.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddNode(this IStorageBuilder builder, string name, Uri address, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return builder.AddCluster(name, _ => new HttpNodeTier(name, address, key));
    }

    /// <summary>Limits how fast bytes move to and from other machines, clusters among them.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="up">The most that goes out, such as <c>20Mbps</c> (bits) or <c>2.5MB/s</c> (bytes); null for no limit.</param>
    /// <param name="down">The most that comes in; null for no limit.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder LimitBandwidth(this IStorageBuilder builder, string? up = null, string? down = null)
    {
        EdgeAIBuilderExtensions.LimitBandwidth(builder, up, down);
        return builder;
    }

    private static IStorageBuilder AddTier(this IStorageBuilder builder, string directory, string? capacity, Func<TiersOptions, TierOptions> tier)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        builder.Configure(options =>
        {
            var added = tier(options.Storage.Tiers);
            (added.Directory, added.Capacity) = (directory, capacity);
        });
        return builder;
    }
}
