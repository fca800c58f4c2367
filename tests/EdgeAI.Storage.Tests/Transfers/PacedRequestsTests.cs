using EdgeAI.Configuration;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Transfers;

public sealed class PacedRequestsTests
{
    private const int Request = 1_000_000;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BeginAsync_Rate_LetsOneRequestGoAheadOfIt()
    {
        await using var requests = await CreateAsync();
        await requests.BeginAsync(Request, Cancellation);
        var start = _time.GetUtcNow();

        await AdvanceUntilAsync(requests.BeginAsync(Request, Cancellation));
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(0.9), TimeSpan.MaxValue);
        await AdvanceUntilAsync(requests.CompleteAsync(Cancellation));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(1.9), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task BeginAsync_Cancelled_LeavesTheTurnToOthers()
    {
        await using var requests = await CreateAsync();
        await requests.BeginAsync(Request, Cancellation);
        using var stop = new CancellationTokenSource();
        var stopped = requests.BeginAsync(Request, stop.Token).AsTask();
        var next = requests.BeginAsync(Request, Cancellation);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        await AdvanceUntilAsync(next);
    }

    [Fact]
    public async Task DisposeAsync_NotPaidYet_EndsTheTransfer()
    {
        var scheduler = Create();
        var requests = new PacedRequests(await scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Critical, Cancellation));
        await requests.BeginAsync(100 * Request, Cancellation);

        await requests.DisposeAsync();

        using var other = await scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Normal, Cancellation);
        await AdvanceUntilAsync(other.AcquireAsync(1, Cancellation));
    }

    // Time only goes on: whoever is late to see it has waited longer, never less.
    private async Task AdvanceUntilAsync(ValueTask waiting)
    {
        var task = waiting.AsTask();
        while (!task.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await task;
    }

    private TransferScheduler Create() => new(new BandwidthOptions { Down = "8Mbps", GuaranteedShare = 0 }, _time);

    private async Task<PacedRequests> CreateAsync() => new(await Create().BeginAsync(TransferDirection.Down, TransferPriority.Normal, Cancellation));
}
