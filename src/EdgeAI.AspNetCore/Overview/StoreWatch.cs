using EdgeAI.Storage;

namespace EdgeAI.AspNetCore.Overview;

/// <summary>Looks at a store for all who ask, and so seldom that looking takes no more than a tenth of the time, or each ten seconds where it takes long. Thread-safe.</summary>
internal sealed class StoreWatch(IModelStore store, TimeProvider time) : IDisposable
{
    private const int Sparing = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private StoreOverview? _last;
    private long _lookedAt;
    private TimeSpan _took;

    public async ValueTask<StoreOverview> LookAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is not null && time.GetElapsedTime(_lookedAt) < TimeSpan.FromTicks(Math.Clamp(_took.Ticks * Sparing, Shortest.Ticks, Longest.Ticks)))
            {
                return _last;
            }

            var began = time.GetTimestamp();
            _last = await ReadAsync(cancellationToken).ConfigureAwait(false);
            _lookedAt = time.GetTimestamp();
            _took = time.GetElapsedTime(began, _lookedAt);
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async ValueTask<StoreOverview> ReadAsync(CancellationToken cancellationToken)
    {
        var control = store as IStorageControl;
        return new StoreOverview(
            await store.ListAsync(cancellationToken).ConfigureAwait(false),
            await store.ListPlacementsAsync(cancellationToken).ConfigureAwait(false),
            await store.GetUsageAsync(cancellationToken).ConfigureAwait(false),
            await store.GetBacklogAsync(cancellationToken).ConfigureAwait(false),
            control is null ? [] : await control.GetDisksAsync(cancellationToken).ConfigureAwait(false),
            control?.Clusters ?? [],
            control?.PrefersBackup ?? false);
    }
}
