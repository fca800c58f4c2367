using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Trust;

namespace EdgeAI.Storage.Maintenance;

/// <summary>Deletes objects that the index does not know: those that it has forgotten, and those of imports that crashed before it knew them.</summary>
internal sealed class ObjectSweeper(StoreDirectory directory, StoreIndex index, LocalObjects tier, LockWait wait)
{
    /// <summary>Where objects are that may be garbage. Names are not: one that the index does not know can't be read, and is for somebody to look at.</summary>
    public static readonly IReadOnlyList<string> Prefixes = ["packs/", "manifests/", SignatureStore.Prefix];

    // Commits wait while so many are deleted: some milliseconds.
    private const int Batch = 16;

    /// <summary>Bytes that were given back.</summary>
    public long BytesFreed { get; private set; }

    /// <summary>Bytes of objects that somebody may still read.</summary>
    public long BytesPending { get; private set; }

    /// <param name="lastOver">The last epoch that is over; what was retired later stays.</param>
    /// <param name="cancellationToken">Cancels between two deletions.</param>
    public async ValueTask RunAsync_NeedsLock(long lastOver, CancellationToken cancellationToken)
    {
        foreach (var keys in (await FindAsync(lastOver, cancellationToken).ConfigureAwait(false)).Chunk(Batch))
        {
            using var alone = await FileLock.AcquireExclusiveAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false);
            var known = index.ListKeys();
            foreach (var key in keys.Where(key => !IsKnown(key, known)))
            {
                var length = await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) ?? 0;
                await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
                BytesFreed += length;
            }

            index.RemoveRetired(keys);
        }

        using (await FileLock.AcquireExclusiveAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false))
        {
            BytesFreed += tier.ClearTemporary_NeedsLock();
        }
    }

    private async ValueTask<List<string>> FindAsync(long lastOver, CancellationToken cancellationToken)
    {
        var retired = index.ListRetired();
        var stored = new List<StorageObject>();
        foreach (var prefix in Prefixes)
        {
            await foreach (var found in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                stored.Add(found);
            }
        }

        var known = index.ListKeys();
        var unknown = stored.Where(found => !IsKnown(found.Key, known)).ToLookup(found => retired.GetValueOrDefault(found.Key, -1) <= lastOver);
        BytesPending = unknown[false].Sum(found => found.Length);
        return [.. unknown[true].Select(found => found.Key)];
    }

    // A signature goes with its manifest.
    private static bool IsKnown(string key, HashSet<string> known) =>
        known.Contains(key) || (SignatureStore.TryParse(key, out var signed, out _) && known.Contains(ManifestSerializer.KeyOf(signed)));
}
