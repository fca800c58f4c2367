using EdgeAI.Configuration;
using EdgeAI.Memory;
using EdgeAI.Testing;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Many callers who load, run, swap and give up at random moments.</summary>
public sealed class MemoryStormTests
{
    private const int Callers = 8;
    private static readonly long[] Sizes = [5, 10, 20, 30, 45, 60, 80, 100];

    private static int Steps => NightlyRun.Count(2_500, 50_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storm_LoadsRunsSwapsAndCancels_StaysInsideTheBudgetAndLeavesNothing()
    {
        await using var test = new SizedModels(new MemoryOptions { AdmissionTimeout = Timeout.InfiniteTimeSpan });
        test.WhileLoading = async (_, token) =>
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
        };

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => StormAsync(test, caller), Cancellation)));

        // A load that nobody waits for any more may still be on its way back.
        await SizedModels.UntilAsync(() => test.Models.Report().Reserved.Private == test.OpenBytes);
        var report = test.Models.Report();
        Assert.InRange(test.PeakBytes, 1, 100);
        Assert.Equal(report.Reserved.Private, test.OpenBytes);
        Assert.Equal(report.Reserved.Private, report.Models.Sum(model => model.Memory.Private));
        Assert.All(report.Models, model => Assert.Equal((0, 0), (model.Leases, model.Pins)));
        Assert.Equal(0, test.Models.WaitingLoads);

        // Whatever there is must still be able to go for one that takes everything.
        await test.UseAsync("all", 100);
        await test.DisposeAsync();
        Assert.Equal((default, 0L), (test.Models.Report().Reserved, test.OpenBytes));
        Assert.Equal(test.Loads.Count, test.Unloads.Count);
    }

    [Fact]
    public async Task Storm_TenThousandCancels_LeavesNothingStuck()
    {
        await using var test = new SizedModels(new MemoryOptions { AdmissionTimeout = Timeout.InfiniteTimeSpan });
        test.WhileLoading = (_, token) => Task.Run(() => token.ThrowIfCancellationRequested(), Cancellation);
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var name = random.Next(Sizes.Length);
            var load = test.Models.AcquireAsync(test.Request($"m{name}", new MemoryUse(Sizes[name], 0, 0)), random.Next(4) == 0, cancellation.Token).AsTask();
            for (var turn = random.Next(4); turn > 0; turn--)
            {
                await Task.Yield();
            }

            await cancellation.CancelAsync();
            try
            {
                var (model, _) = await load;
                await test.Models.ReleaseAsync(model, test.Models.Report().Models.Single(loaded => loaded.Digest == model.Digest).Pins > 0);
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(cancellation.Token, exception.CancellationToken);
            }
        }

        await test.UseAsync("all", 100);
        Assert.All(test.Models.Report().Models, model => Assert.Equal((0, 0), (model.Leases, model.Pins)));
        await test.DisposeAsync();
        Assert.Equal((default, 0L), (test.Models.Report().Reserved, test.OpenBytes));
    }

    private static async Task StormAsync(SizedModels test, int caller)
    {
        var random = new Random(caller);
        for (var i = 0; i < Steps; i++)
        {
            var size = random.Next(Sizes.Length);
            using var cancellation = new CancellationTokenSource();
            var acquire = test.Models.AcquireAsync(test.Request($"m{size}", new MemoryUse(Sizes[size], 0, 0), random.Next(3)), false, cancellation.Token).AsTask();
            if (random.Next(4) == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                var (model, _) = await acquire;
                await RunAndSwapAsync(test, model, random);
                await test.Models.ReleaseAsync(model, false);
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancellation.IsCancellationRequested);
            }
        }
    }

    // A caller that waits for room again while it holds another's only chance would wait for ever; each holds one model.
    private static async Task RunAndSwapAsync(SizedModels test, EdgeAI.Loading.SharedModel model, Random random)
    {
        for (var runs = random.Next(3); runs > 0; runs--)
        {
            using var run = await test.Models.EnterAsync(model, Cancellation);
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }

        if (random.Next(5) == 0)
        {
            await test.Models.SwapOutAsync(model, Cancellation);
        }
    }
}
