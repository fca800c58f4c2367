namespace EdgeAI.Storage.Clusters.Garbage;

/// <summary>Deletes from a cluster what none of its names has needed for long, beside senders and pullers on other machines. See the readme. Used once.</summary>
/// <param name="name">The cluster's name.</param>
/// <param name="tier">The cluster.</param>
/// <param name="reader">Reads objects of it.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterGarbageCollector(string name, IStorageTier tier, ClusterReader reader, TimeProvider time)
{
    // Between two of so many deletions the lease is renewed.
    private const int Batch = 16;

    private readonly CondemnedLists _lists = new(tier);
    private Dictionary<string, long> _lengths = [];
    private int _deleted;
    private long _bytesDeleted;

    public async ValueTask<ClusterCollectionReport> RunAsync(ClusterCollectionOptions options, CancellationToken cancellationToken)
    {
        if (options.IsDryRun)
        {
            var (garbage, problems) = await FindGarbageAsync(cancellationToken).ConfigureAwait(false);
            return Report(garbage, problems);
        }

        if (await CollectorLease.TryTakeAsync(tier, time, cancellationToken).ConfigureAwait(false) is not { } lease)
        {
            return Report([], []) with { IsBusy = true };
        }

        try
        {
            await DeleteDoomedAsync(lease, cancellationToken).ConfigureAwait(false);
            var (garbage, problems) = await FindGarbageAsync(cancellationToken).ConfigureAwait(false);
            if (problems.Count == 0 && await lease.TryRenewAsync(cancellationToken).ConfigureAwait(false))
            {
                await CondemnAsync(garbage, options.Retention, cancellationToken).ConfigureAwait(false);
                await DeleteDoomedAsync(lease, cancellationToken).ConfigureAwait(false);
            }

            return Report(garbage, problems);
        }
        finally
        {
            await lease.ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Finishes what a collector began that died.</summary>
    /// <returns>False when it may still be at it.</returns>
    public async ValueTask<bool> TryFinishAsync(CancellationToken cancellationToken)
    {
        if (await CollectorLease.TryTakeAsync(tier, time, cancellationToken).ConfigureAwait(false) is not { } lease)
        {
            return false;
        }

        try
        {
            await DeleteDoomedAsync(lease, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            await lease.ReleaseAsync().ConfigureAwait(false);
        }
    }

    // Objects before names: a name that comes later needs what was there, which is garbage for the first time at most, or what is not listed.
    private async ValueTask<(HashSet<string> Garbage, IReadOnlyList<string> Problems)> FindGarbageAsync(CancellationToken cancellationToken)
    {
        _lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var prefix in ClusterGarbageMarker.Prefixes)
        {
            await foreach (var found in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                _lengths[found.Key] = found.Length;
            }
        }

        var marker = new ClusterGarbageMarker(tier, reader);
        var live = await marker.FindLiveAsync(_lengths.Keys, cancellationToken).ConfigureAwait(false);
        return marker.Problems.Count > 0 ? ([], marker.Problems) : (_lengths.Keys.Where(key => !live.Contains(key)).ToHashSet(StringComparer.Ordinal), []);
    }

    // Only what an earlier collection has condemned, and nobody has taken off the list since, is doomed: what is condemned now has another chance.
    private async ValueTask CondemnAsync(HashSet<string> garbage, TimeSpan retention, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        for (var list = 0; list < CondemnedLists.Count; list++)
        {
            var fresh = garbage.Where(key => CondemnedLists.ListOf(key) == list).Order(StringComparer.Ordinal).ToList();
            await _lists.UpdateAsync(
                list,
                there =>
                {
                    var known = there.Where(found => found.IsDoomed || garbage.Contains(found.Key)).Select(found => Look(found, now, retention)).ToList();
                    var keys = known.Select(found => found.Key).ToHashSet(StringComparer.Ordinal);
                    return known.Concat(fresh.Where(key => !keys.Contains(key)).Select(key => new CondemnedObject(key, TimeSpan.Zero, now, IsDoomed: false)));
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    // A clock that jumps ahead makes nothing older than half the time, one that jumps back makes nothing younger.
    private static CondemnedObject Look(CondemnedObject found, DateTimeOffset now, TimeSpan retention)
    {
        var passed = now - found.SeenAt;
        var age = found.Age + TimeSpan.FromTicks(Math.Clamp(passed.Ticks, 0, retention.Ticks / 2));
        return found with { Age = age, SeenAt = now, IsDoomed = found.IsDoomed || age >= retention };
    }

    private async ValueTask DeleteDoomedAsync(CollectorLease lease, CancellationToken cancellationToken)
    {
        var doomed = new List<string>();
        for (var list = 0; list < CondemnedLists.Count; list++)
        {
            doomed.AddRange((await _lists.ReadAsync(list, cancellationToken).ConfigureAwait(false)).Where(found => found.IsDoomed).Select(found => found.Key));
        }

        var inOrder = doomed.OrderBy(key => ClusterGarbageMarker.Prefixes.TakeWhile(prefix => !key.StartsWith(prefix, StringComparison.Ordinal)).Count());
        foreach (var keys in inOrder.Chunk(Batch))
        {
            if (!await lease.TryRenewAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            var gone = new HashSet<string>(StringComparer.Ordinal);
            foreach (var key in keys.TakeWhile(_ => lease.IsFresh))
            {
                var length = _lengths.TryGetValue(key, out var known) ? known : await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) ?? 0;
                if (await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false))
                {
                    _deleted++;
                    _bytesDeleted += length;
                }

                gone.Add(key);
            }

            foreach (var list in gone.Select(CondemnedLists.ListOf).OfType<int>().Distinct())
            {
                await _lists.UpdateAsync(list, there => there.Where(found => !gone.Contains(found.Key)), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ClusterCollectionReport Report(HashSet<string> garbage, IReadOnlyList<string> problems) => new(
        name,
        _lengths.Count,
        garbage.Count,
        garbage.Sum(key => _lengths.GetValueOrDefault(key)),
        _deleted,
        _bytesDeleted,
        problems);
}
