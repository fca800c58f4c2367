using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>A tier whose reads are as fast as a modelled disk's.</summary>
internal sealed class ClockedTier(IStorageTier tier, Tier kind, DiskClock clock) : DelegatingStorageTier(tier)
{
    public override async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(key, offset, destination, cancellationToken);
        if (read > 0)
        {
            clock.Read(kind, key, read);
        }

        return read;
    }
}
