using EdgeAI.Transfers;

namespace EdgeAI.Storage.Transfers;

/// <summary>
/// The requests of a transfer that come as a whole, several at once. A request is made when those before it are paid for, slice by slice, and is paid for itself while it is on its way: a link that
/// is as fast as the rate is never idle, and what a faster one may send ahead is one request. Thread-safe.
/// </summary>
/// <param name="transfer">The transfer, which ends with this.</param>
internal sealed class PacedRequests(ITransfer transfer) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private Task _paying = Task.CompletedTask;

    /// <summary>Waits until a request for so many bytes may be made, or one may follow that has brought as many.</summary>
    public async ValueTask BeginAsync(int bytes, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _paying.WaitAsync(cancellationToken).ConfigureAwait(false);
            var first = Math.Min(bytes, ITransferScheduler.SliceSize);
            if (first > 0)
            {
                await transfer.AcquireAsync(first, cancellationToken).ConfigureAwait(false);
                _paying = PayAsync(bytes - first);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until all is paid for.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => BeginAsync(0, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _paying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        transfer.Dispose();
        _end.Dispose();
        _turn.Dispose();
    }

    private async Task PayAsync(int bytes)
    {
        for (var left = bytes; left > 0; left -= ITransferScheduler.SliceSize)
        {
            await transfer.AcquireAsync(Math.Min(left, ITransferScheduler.SliceSize), _end.Token).ConfigureAwait(false);
        }
    }
}
