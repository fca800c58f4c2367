namespace EdgeAI.Storage;

/// <summary>A cluster behind a store: what is imported goes to all of them, what the store lacks comes from the first that is well. The first is the primary, the others are backups, in order.</summary>
public sealed record StorageCluster
{
    /// <summary>Makes a cluster.</summary>
    /// <param name="name">Its name, unique within a store. The store's outbox knows it by this, so keep it.</param>
    /// <param name="tier">Where its objects are.</param>
    public StorageCluster(string name, IStorageTier tier)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tier);
        Name = name;
        Tier = tier;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where its objects are.</summary>
    public IStorageTier Tier { get; }

    /// <summary>How long a request to it may take while another cluster could answer, before that one is asked; more than zero. A request is for 2 MiB at most, or one chunk.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(10);
}
