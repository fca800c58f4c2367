using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// A tier whose answers are not waited for for ever: a call that takes too long is cancelled and left, and fails. What is stored may take longer the more it is. Thread-safe.
/// </summary>
/// <param name="tier">The tier.</param>
/// <param name="limit">How long a call may take.</param>
/// <param name="time">The clock.</param>
internal sealed class BoundedTier(IStorageTier tier, TimeSpan limit, TimeProvider time) : IStorageTier
{
    // A link that is slower than this can't be told from a cluster that hangs.
    private const double MinBytesPerSecond = 32 << 10;

    public string Name => tier.Name;

    public StorageTierProperties Properties => tier.Properties;

    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        var length = content.CanSeek ? content.Length - content.Position : 0;
        return await RunAsync(token => tier.PutAsync(key, content, token), TimeSpan.FromSeconds(length / MinBytesPerSecond), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        RunAsync(token => tier.ReadAsync(key, offset, destination, token), TimeSpan.FromSeconds(destination.Length / MinBytesPerSecond), cancellationToken);

    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync(token => tier.GetLengthAsync(key, token), TimeSpan.Zero, cancellationToken);

    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var objects = tier.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (objects.ConfigureAwait(false))
        {
            while (await RunAsync(_ => objects.MoveNextAsync(), TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            {
                yield return objects.Current;
            }
        }
    }

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync(token => tier.DeleteAsync(key, token), TimeSpan.Zero, cancellationToken);

    public ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        RunAsync(token => tier.CompareAndSwapAsync(key, expected, content, token), TimeSpan.Zero, cancellationToken);

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        RunAsync(tier.GetCapacityAsync, TimeSpan.Zero, cancellationToken);

    // Waited for from outside: not every client hears of a cancellation at once.
    private async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, TimeSpan more, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit + more, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await Task.Run(() => call(either.Token).AsTask(), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not answer within {(limit + more).TotalSeconds:0.###} s.", exception);
        }
    }
}
