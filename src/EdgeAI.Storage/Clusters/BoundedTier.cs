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
internal sealed class BoundedTier(IStorageTier tier, TimeSpan limit, TimeProvider time, ITransferScheduler transfers) : DelegatingStorageTier(tier)
{
    // A link that is slower than this can't be told from a cluster that hangs.
    private const double MinBytesPerSecond = 32 << 10;

    public override async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
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
                return Inner.PutAsync(key, paced, token);
            },
            more,
            cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        ReadAsync(token => Inner.ReadAsync(key, offset, destination, token), destination.Length, cancellationToken);

    public override ValueTask<int> ReadUncachedAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        ReadAsync(token => Inner.ReadUncachedAsync(key, offset, destination, token), destination.Length, cancellationToken);

    public override ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => Inner.GetLengthAsync(key, token), TimeSpan.Zero, cancellationToken);

    public override async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var objects = Inner.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (objects.ConfigureAwait(false))
        {
            while (await RunAsync((_, _) => objects.MoveNextAsync(), TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            {
                yield return objects.Current;
            }
        }
    }

    public override ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => Inner.DeleteAsync(key, token), TimeSpan.Zero, cancellationToken);

    public override async ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        using var transfer = await transfers.BeginAsync(TransferDirection.Up, TransferPriority.Background, cancellationToken).ConfigureAwait(false);
        await transfer.AcquireAsync(Math.Max(content.Length, 1), cancellationToken).ConfigureAwait(false);
        return await RunAsync((_, token) => Inner.CompareAndSwapAsync(key, expected, content, token), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        RunAsync((_, token) => Inner.GetCapacityAsync(token), TimeSpan.Zero, cancellationToken);

    // How many bytes come is known when they have come.
    private async ValueTask<int> ReadAsync(Func<CancellationToken, ValueTask<int>> call, int length, CancellationToken cancellationToken)
    {
        using var transfer = await transfers.BeginAsync(TransferDirection.Down, TransferPriority.Background, cancellationToken).ConfigureAwait(false);
        var read = await RunAsync((_, token) => call(token), TimeSpan.FromSeconds(length / MinBytesPerSecond), cancellationToken).ConfigureAwait(false);
        for (var left = read; left > 0; left -= ITransferScheduler.SliceSize)
        {
            await transfer.AcquireAsync(Math.Min(left, ITransferScheduler.SliceSize), cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

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
