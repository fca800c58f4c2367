using System.Runtime.CompilerServices;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// A tier that is worked on in the background. All others' bytes go first; and its answers are not waited for for ever: a call that takes too long is cancelled and left, and fails. What is
/// stored may take longer the more it is, and the time in which its bytes wait for their turn does not count. Thread-safe.
/// </summary>
/// <param name="tier">The tier.</param>
/// <param name="limit">How long a call may take.</param>
/// <param name="time">The clock.</param>
/// <param name="transfers">Whom its bytes ask for their turn.</param>
internal sealed class BoundedTier(IStorageTier tier, TimeSpan limit, TimeProvider time, ITransferScheduler transfers) : IStorageTier
{
    // A link that is slower than this can't be told from a cluster that hangs.
    private const double MinBytesPerSecond = 32 << 10;

    public string Name => tier.Name;

    public StorageTierProperties Properties => tier.Properties;

    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        using var transfer = await transfers.BeginAsync(TransferDirection.Up, TransferPriority.Background, cancellationToken).ConfigureAwait(false);
        var more = TimeSpan.FromSeconds((content.CanSeek ? content.Length - content.Position : 0) / MinBytesPerSecond);
        return await RunAsync(
            (clock, token) =>
            {
                var paced = new PacedStream(content, async (bytes, _) =>
                {
                    clock.CancelAfter(Timeout.InfiniteTimeSpan);
                    await transfer.AcquireAsync(bytes, token).ConfigureAwait(false);
                    clock.CancelAfter(limit + more);
                });
                return tier.PutAsync(key, paced, token);
            },
            more,
            cancellationToken).ConfigureAwait(false);
    }

    // How many bytes come is known when they have come.
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        using var transfer = await transfers.BeginAsync(TransferDirection.Down, TransferPriority.Background, cancellationToken).ConfigureAwait(false);
        var read = await RunAsync((_, token) => tier.ReadAsync(key, offset, destination, token), TimeSpan.FromSeconds(destination.Length / MinBytesPerSecond), cancellationToken).ConfigureAwait(false);
        for (var left = read; left > 0; left -= ITransferScheduler.SliceSize)
        {
            await transfer.AcquireAsync(Math.Min(left, ITransferScheduler.SliceSize), cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => tier.GetLengthAsync(key, token), TimeSpan.Zero, cancellationToken);

    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var objects = tier.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (objects.ConfigureAwait(false))
        {
            while (await RunAsync((_, _) => objects.MoveNextAsync(), TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            {
                yield return objects.Current;
            }
        }
    }

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => tier.DeleteAsync(key, token), TimeSpan.Zero, cancellationToken);

    public async ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        using var transfer = await transfers.BeginAsync(TransferDirection.Up, TransferPriority.Background, cancellationToken).ConfigureAwait(false);
        await transfer.AcquireAsync(Math.Max(content.Length, 1), cancellationToken).ConfigureAwait(false);
        return await RunAsync((_, token) => tier.CompareAndSwapAsync(key, expected, content, token), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => tier.GetCapacityAsync(token), TimeSpan.Zero, cancellationToken);

    // Waited for from outside: not every client hears of a cancellation at once.
    private async ValueTask<T> RunAsync<T>(Func<CancellationTokenSource, CancellationToken, ValueTask<T>> call, TimeSpan more, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit + more, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await Task.Run(() => call(late, either.Token).AsTask(), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not answer within {(limit + more).TotalSeconds:0.###} s.", exception);
        }
    }
}
