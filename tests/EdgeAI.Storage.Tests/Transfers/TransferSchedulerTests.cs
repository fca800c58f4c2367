using System.ComponentModel.DataAnnotations;
using EdgeAI.Configuration;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Transfers;

public sealed class TransferSchedulerTests
{
    private const int Slice = ITransferScheduler.SliceSize;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_NoRateAndAlone_NeverWaits()
    {
        using var transfer = await BeginAsync(Create(), TransferPriority.Background);

        for (var slice = 0; slice < 100; slice++)
        {
            Assert.True(transfer.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        }
    }

    [Theory]
    [InlineData(Slice)]
    [InlineData(1000)]
    [InlineData(5 * Slice)]
    public async Task AcquireAsync_Rate_IsKeptOnAverage(int bytes)
    {
        using var transfer = await BeginAsync(Create(down: "8Mbps"), TransferPriority.Normal);

        var moved = await MoveAsync(TimeSpan.FromSeconds(10), (transfer, bytes));

        Assert.InRange(moved[0], 10_000_000 - bytes, 10_000_000 + (2 * bytes) + 20_000);
    }

    [Fact]
    public async Task AcquireAsync_AfterAPause_SavesNothingUp()
    {
        using var transfer = await BeginAsync(Create(down: "8Mbps"), TransferPriority.Normal);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.InRange((await MoveAsync(TimeSpan.FromSeconds(1), (transfer, 10_000)))[0], 990_000, 1_050_000);
    }

    [Fact]
    public async Task AcquireAsync_UpAndDown_KnowNothingOfEachOther()
    {
        var scheduler = Create(up: "8Mbps");
        using var down = await BeginAsync(scheduler, TransferPriority.Critical);
        using var up = await scheduler.BeginAsync(TransferDirection.Up, TransferPriority.Background, Cancellation);

        Assert.True(up.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.False(up.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.True(down.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.True(down.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task AcquireAsync_SomebodyWhoMattersMoreGoesOn_WaitsForItsEnd()
    {
        var scheduler = Create(share: 0);
        using var background = await BeginAsync(scheduler, TransferPriority.Background);
        using var normal = await BeginAsync(scheduler, TransferPriority.Normal);
        var critical = await BeginAsync(scheduler, TransferPriority.Critical);

        var late = background.AcquireAsync(Slice, Cancellation).AsTask();
        var later = normal.AcquireAsync(Slice, Cancellation).AsTask();
        for (var slice = 0; slice < 100; slice++)
        {
            Assert.True(critical.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.False(late.IsCompleted || later.IsCompleted);
        critical.Dispose();
        await later;
        Assert.False(late.IsCompleted);
        normal.Dispose();
        await late;
    }

    [Theory]
    [InlineData(null)]
    [InlineData("80Mbps")]
    public async Task AcquireAsync_Share_IsWhatLowerOnesGetAndNoMore(string? rate)
    {
        var scheduler = Create(down: rate, share: 0.02);
        using var background = await BeginAsync(scheduler, TransferPriority.Background);
        using var critical = await BeginAsync(scheduler, TransferPriority.Critical);

        var moved = rate is null
            ? await InterleaveAsync(critical, background, slices: 2000)
            : await MoveAsync(TimeSpan.FromSeconds(20), (critical, Slice), (background, Slice));

        Assert.InRange((double)moved[1] / moved[0], 0.017, 0.0205);
    }

    [Fact]
    public async Task AcquireAsync_CriticalUnderBackground_HasAllTheRateButTheShare()
    {
        var scheduler = Create(down: "20Mbps");
        using var first = await BeginAsync(scheduler, TransferPriority.Background);
        using var second = await BeginAsync(scheduler, TransferPriority.Background);
        using var critical = await BeginAsync(scheduler, TransferPriority.Critical);

        var moved = await MoveAsync(TimeSpan.FromSeconds(10), (critical, 16_000), (first, Slice), (second, Slice));

        Assert.InRange(moved[0], 25_000_000 / 1.05, 25_100_000);
        Assert.InRange(moved[1] + moved[2], 1, 600_000);
    }

    [Fact]
    public async Task AcquireAsync_SomebodyWhoMattersMoreStandsStill_GoesOnMeanwhile()
    {
        var scheduler = Create(share: 0);
        using var critical = await BeginAsync(scheduler, TransferPriority.Critical);
        using var background = await BeginAsync(scheduler, TransferPriority.Background);

        var waiting = background.AcquireAsync(Slice, Cancellation).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;

        Assert.True(background.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.True(critical.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.False(background.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task BeginAsync_ThirdBackgroundTransfer_WaitsForAnotherToEnd()
    {
        var scheduler = Create();
        var first = await BeginAsync(scheduler, TransferPriority.Background);
        using var second = await BeginAsync(scheduler, TransferPriority.Background);
        var third = BeginAsync(scheduler, TransferPriority.Background);
        using var other = await BeginAsync(scheduler, TransferPriority.Normal);

        Assert.False(third.IsCompleted);
        first.Dispose();
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task BeginAsync_CancelledWhileItWaits_TakesNoPlace()
    {
        var scheduler = Create();
        var first = await BeginAsync(scheduler, TransferPriority.Background);
        using var second = await BeginAsync(scheduler, TransferPriority.Background);
        using var stop = new CancellationTokenSource();
        var third = scheduler.BeginAsync(TransferDirection.Down, TransferPriority.Background, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        first.Dispose();
        using var fourth = await BeginAsync(scheduler, TransferPriority.Background);
    }

    [Fact]
    public async Task AcquireAsync_CancelledWhileItWaits_CountsForNothing()
    {
        var scheduler = Create(share: 0);
        using var background = await BeginAsync(scheduler, TransferPriority.Background);
        var critical = await BeginAsync(scheduler, TransferPriority.Critical);
        using var stop = new CancellationTokenSource();
        var cancelled = background.AcquireAsync(Slice, stop.Token).AsTask();
        var next = background.AcquireAsync(Slice, Cancellation).AsTask();
        await stop.CancelAsync();

        Assert.Equal(stop.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled)).CancellationToken);
        Assert.False(next.IsCompleted);
        critical.Dispose();
        await next;
    }

    [Fact]
    public async Task Raise_WhoWaits_GoesOnAtOnce()
    {
        var scheduler = Create(share: 0);
        using var background = await BeginAsync(scheduler, TransferPriority.Background);
        using var critical = await BeginAsync(scheduler, TransferPriority.Critical);
        var waiting = background.AcquireAsync(Slice, Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        background.Raise(TransferPriority.Critical);
        background.Raise(TransferPriority.Background);

        await waiting;
        Assert.Equal(TransferPriority.Critical, background.Priority);
        background.Dispose();
        using var first = await BeginAsync(scheduler, TransferPriority.Background);
        using var second = await BeginAsync(scheduler, TransferPriority.Background);
    }

    [Fact]
    public async Task AcquireAsync_ManyAtOnce_MovesEverythingAndLeavesNobodyBehind()
    {
        var scheduler = new TransferScheduler(new BandwidthOptions { Down = "800Mbps" });
        var transfers = Enumerable.Range(0, 12).Select(async number =>
        {
            await Task.Yield();
            for (var round = 0; round < 10; round++)
            {
                using var transfer = await BeginAsync(scheduler, (TransferPriority)(number % 3));
                for (var slice = 0; slice < 5; slice++)
                {
                    await transfer.AcquireAsync(1 + (number * 1000), Cancellation);
                }
            }
        });

        await Task.WhenAll(transfers);
    }

    [Theory]
    [InlineData("20", null, 0.02)]
    [InlineData(null, "fast", 0.02)]
    [InlineData(null, null, -0.01)]
    [InlineData(null, null, 0.05)]
    [InlineData(null, null, double.NaN)]
    public void Create_OptionOutOfRange_IsRefused(string? up, string? down, double share) =>
        Assert.Throws<ValidationException>(() => new TransferScheduler(new BandwidthOptions { Up = up, Down = down, GuaranteedShare = share }, _time));

    [Fact]
    public async Task AcquireAsync_Misused_IsRefused()
    {
        var scheduler = Create();
        var transfer = await BeginAsync(scheduler, TransferPriority.Normal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await transfer.AcquireAsync(0, Cancellation));
        transfer.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transfer.AcquireAsync(1, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => BeginAsync(scheduler, (TransferPriority)7));
    }

    private static Task<ITransfer> BeginAsync(TransferScheduler scheduler, TransferPriority priority) =>
        scheduler.BeginAsync(TransferDirection.Down, priority, Cancellation).AsTask();

    private TransferScheduler Create(string? up = null, string? down = null, double share = 0.02) =>
        new(new BandwidthOptions { Up = up, Down = down, GuaranteedShare = share }, _time);

    // Each transfer asks again as soon as it may move, while the clock goes on by milliseconds. What can't be cancelled is granted on the clock's own thread, so nothing here is left to chance.
    private async Task<long[]> MoveAsync(TimeSpan duration, params (ITransfer Transfer, int Bytes)[] transfers)
    {
        var moved = new long[transfers.Length];
        var waiting = new Task?[transfers.Length];
        for (var elapsed = TimeSpan.Zero; elapsed < duration; elapsed += TimeSpan.FromMilliseconds(1))
        {
            for (var i = 0; i < transfers.Length; i++)
            {
                while (waiting[i] is null or { IsCompleted: true })
                {
                    if (waiting[i] is { } granted)
                    {
                        await granted;
                        moved[i] += transfers[i].Bytes;
                    }

                    waiting[i] = transfers[i].Transfer.AcquireAsync(transfers[i].Bytes, CancellationToken.None).AsTask();
                }
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return moved;
    }

    // Without a rate a slice of the higher one takes no time; the lower one has its chance after each.
    private static async Task<long[]> InterleaveAsync(ITransfer critical, ITransfer background, int slices)
    {
        var moved = new long[2];
        var waiting = background.AcquireAsync(Slice, CancellationToken.None).AsTask();
        for (var slice = 0; slice < slices; slice++)
        {
            Assert.True(critical.AcquireAsync(Slice, Cancellation).AsTask().IsCompletedSuccessfully);
            moved[0] += Slice;
            while (waiting.IsCompleted)
            {
                await waiting;
                moved[1] += Slice;
                waiting = background.AcquireAsync(Slice, CancellationToken.None).AsTask();
            }
        }

        return moved;
    }
}
