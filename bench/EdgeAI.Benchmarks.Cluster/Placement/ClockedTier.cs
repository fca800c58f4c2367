using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>A tier whose reads are as fast as a modelled disk's.</summary>
internal sealed class ClockedTier(IStorageTier tier, Tier kind, DiskClock clock) : IStorageTier
{
    public string Name => tier.Name;

    public StorageTierProperties Properties => tier.Properties;

    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var read = await tier.ReadAsync(key, offset, destination, cancellationToken);
        if (read > 0)
        {
            clock.Read(kind, key, read);
        }

        return read;
    }

    public ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) => tier.PutAsync(key, content, cancellationToken);

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) => tier.GetLengthAsync(key, cancellationToken);

    public IAsyncEnumerable<StorageObject> ListAsync(string prefix, CancellationToken cancellationToken = default) => tier.ListAsync(prefix, cancellationToken);

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => tier.DeleteAsync(key, cancellationToken);

    public ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        tier.CompareAndSwapAsync(key, expected, content, cancellationToken);

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => tier.GetCapacityAsync(cancellationToken);
}
