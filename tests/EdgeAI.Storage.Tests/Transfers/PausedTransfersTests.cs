using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Tests.Transfers;

public sealed class PausedTransfersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TransferDirection.Down)]
    [InlineData(TransferDirection.Up)]
    public async Task IsPaused_BackgroundTransfers_StandStillUntilItEnds(TransferDirection direction)
    {
        var scheduler = new TransferScheduler();
        using var background = await scheduler.BeginAsync(direction, TransferPriority.Background, Cancellation);
        using var normal = await scheduler.BeginAsync(direction, TransferPriority.Normal, Cancellation);
        normal.Dispose();
        scheduler.IsPaused = true;

        var waiting = background.AcquireAsync(1000, Cancellation).AsTask();
        using var critical = await scheduler.BeginAsync(direction, TransferPriority.Critical, Cancellation);
        await critical.AcquireAsync(1000, Cancellation);
        critical.Dispose();
        Assert.False(waiting.IsCompleted);
        scheduler.IsPaused = false;

        await waiting;
    }

    [Fact]
    public async Task IsPaused_TransferThatIsRaised_GoesOn()
    {
        var scheduler = new TransferScheduler { IsPaused = true };
        using var transfer = await scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Background, Cancellation);
        var waiting = transfer.AcquireAsync(1000, Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        transfer.Raise(TransferPriority.Critical);

        await waiting;
        Assert.True(scheduler.IsPaused);
    }
}
