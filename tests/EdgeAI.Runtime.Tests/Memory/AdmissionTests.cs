using EdgeAI.Configuration;
using EdgeAI.Memory;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Who is let in, who must go, and what those hear who are not let in.</summary>
public sealed class AdmissionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grow_ASession_IsChargedWithItUntilItLeaves()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var model = await test.AcquireAsync("model", 40);
        var session = (IGrowingSession)model.Gate!.Session.Session;

        session.Grown!(30);
        Assert.Equal(70, test.Models.Report().Reserved.Private);
        Assert.Equal(70, test.Models.Report().Models.Single().Memory.Private);

        await test.Models.SwapOutAsync(model, Cancellation);
        session.Grown!(30);
        Assert.Equal(0, test.Models.Report().Reserved.Private);
        await test.Models.ReleaseAsync(model, false);
    }

    [Fact]
    public async Task AcquireAsync_NoRoom_EvictsWhatNobodyHolds()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("idle", 60);
        var held = await test.AcquireAsync("held", 40);

        await test.UseAsync("new", 60);

        Assert.Equal(["idle"], test.Unloads);
        Assert.Equal((LoadedModelState.Loaded, LoadedModelState.Loaded), (test.StateOf("held"), test.StateOf("new")));
        Assert.Equal(100, test.Models.Report().Reserved.Private);
        await test.Models.ReleaseAsync(held, false);
    }

    [Fact]
    public async Task AcquireAsync_SeveralToEvict_TakesTheLeastLoss()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("often", 30, runs: 50);
        await test.UseAsync("seldom", 30);
        await test.UseAsync("sometimes", 30, runs: 5);

        await test.UseAsync("new", 40);

        Assert.Equal(["seldom"], test.Unloads);
    }

    [Fact]
    public async Task AcquireAsync_UsesOfYesterday_CountLess()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("once-busy", 50, runs: 100);
        test.Time.Advance(TimeSpan.FromHours(3));
        await test.UseAsync("recent", 50);

        await test.UseAsync("new", 50);

        Assert.Equal(["once-busy"], test.Unloads);
    }

    [Fact]
    public async Task AcquireAsync_AllHeld_WaitsUntilOneIsGivenBack()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 80);
        var waiting = test.AcquireAsync("waiting", 40);
        await WaitUntilWaitingAsync(test, 1);
        Assert.False(waiting.IsCompleted);

        await test.Models.ReleaseAsync(held, false);
        await test.Models.ReleaseAsync(await waiting, false);

        Assert.Equal(["held"], test.Unloads);
        Assert.Equal(80, test.PeakBytes);
    }

    [Fact]
    public async Task AcquireAsync_AllHeldForTooLong_SaysWhoHoldsWhat()
    {
        await using var test = new SizedModels(new MemoryOptions { AdmissionTimeout = TimeSpan.FromSeconds(30) });
        var leased = await test.AcquireAsync("leased", 40);
        var (pinned, _) = await test.Models.AcquireAsync(test.Request("pinned", new MemoryUse(50, 0, 0)), true, Cancellation);
        var waiting = test.AcquireAsync("waiting", 20);
        await WaitUntilWaitingAsync(test, 1);

        test.Time.Advance(TimeSpan.FromSeconds(30));
        var exception = await Assert.ThrowsAsync<MemoryBudgetExceededException>(() => waiting);

        Assert.Equal(("waiting:1", 20L, 90L), (exception.Model.ToString(), exception.Needed.Private, exception.Reserved.Private));
        Assert.Equal(["pinned", "leased"], exception.Holders.Select(holder => holder.Reference.Name));
        Assert.Equal([(1, 1), (1, 0)], exception.Holders.Select(holder => (holder.Leases, holder.Pins)));
        Assert.False(exception.IsLargerThanBudget);
        Assert.Contains("pinned:1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("leased:1", exception.Message, StringComparison.Ordinal);
        Assert.Equal(90, test.Models.Report().Reserved.Private);
        Assert.Equal(2, test.Models.Report().Models.Count);
        await test.Models.ReleaseAsync(leased, false);
        await test.Models.ReleaseAsync(pinned, true);
        await test.UseAsync("waiting", 20);
    }

    [Fact]
    public async Task AcquireAsync_LargerThanTheBudget_FailsAtOnceAndSaysWhatItNeeds()
    {
        await using var test = new SizedModels(new MemoryOptions());
        await test.UseAsync("idle", 60);

        var exception = await Assert.ThrowsAsync<MemoryBudgetExceededException>(() => test.AcquireAsync("huge", 101));

        Assert.True(exception.IsLargerThanBudget);
        Assert.Contains("101", exception.Message, StringComparison.Ordinal);
        Assert.Empty(test.Unloads);
    }

    [Fact]
    public async Task AcquireAsync_MoreMappedThanTheBudget_EvictsAndGoesOn()
    {
        await using var test = new SizedModels(new MemoryOptions { HostMappedBytes = 500 });
        await UseMappedAsync(test, "idle", 400);
        var held = (await test.Models.AcquireAsync(test.Request("held", new MemoryUse(1, 100, 0)), false, Cancellation)).Model;

        await UseMappedAsync(test, "larger-than-all", 5000);

        // Nobody waits for mapped bytes: the idle model goes meanwhile.
        await SizedModels.UntilAsync(() => test.Models.Report().Models.Count == 2);
        Assert.Equal(["idle"], test.Unloads);
        Assert.Equal(5100, test.Models.Report().Reserved.Mapped);
        await test.Models.ReleaseAsync(held, false);
    }

    [Fact]
    public async Task AcquireAsync_EvictingWouldNotHelp_EvictsNothing()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 70);
        await test.UseAsync("idle", 30);
        var waiting = test.AcquireAsync("waiting", 40);
        await WaitUntilWaitingAsync(test, 1);

        Assert.Empty(test.Unloads);
        await test.Models.ReleaseAsync(held, false);
        await test.Models.ReleaseAsync(await waiting, false);
        Assert.NotEqual("waiting", test.Unloads[0]);
    }

    [Fact]
    public async Task AcquireAsync_FailPolicy_FailsThoughAModelIsIdle()
    {
        await using var test = new SizedModels(new MemoryOptions { Admission = MemoryAdmission.Fail });
        await test.UseAsync("idle", 60);

        await Assert.ThrowsAsync<MemoryBudgetExceededException>(() => test.AcquireAsync("new", 60));

        Assert.Empty(test.Unloads);
        await test.UseAsync("small", 40);
    }

    [Fact]
    public async Task AcquireAsync_WaitPolicy_WaitsForTheKeepAlive()
    {
        await using var test = new SizedModels(new MemoryOptions { Admission = MemoryAdmission.Wait });
        var request = test.Request("idle", new MemoryUse(60, 0, 0)) with { KeepAlive = TimeSpan.FromSeconds(10) };
        await test.Models.ReleaseAsync((await test.Models.AcquireAsync(request, false, Cancellation)).Model, false);
        var waiting = test.AcquireAsync("new", 60);
        await WaitUntilWaitingAsync(test, 1);
        Assert.Empty(test.Unloads);

        test.Time.Advance(TimeSpan.FromSeconds(10));
        await test.Models.ReleaseAsync(await waiting, false);

        Assert.Equal(["idle"], test.Unloads);
    }

    [Fact]
    public async Task AcquireAsync_SeveralWaiting_GoesByPriorityThenTime()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 100);
        var first = UseAsync("first", 0);
        await WaitUntilWaitingAsync(test, 1);
        var second = UseAsync("second", 0);
        await WaitUntilWaitingAsync(test, 2);
        var urgent = UseAsync("urgent", 5);
        await WaitUntilWaitingAsync(test, 3);

        await test.Models.ReleaseAsync(held, false);
        await Task.WhenAll(first, second, urgent);

        Assert.Equal(["held", "urgent", "first", "second"], test.Loads);

        async Task UseAsync(string name, int priority) => await test.Models.ReleaseAsync(await test.AcquireAsync(name, 100, priority), false);
    }

    [Fact]
    public async Task AcquireAsync_SmallBehindALargeOne_DoesNotOvertake()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 60);
        var large = test.AcquireAsync("large", 90);
        await WaitUntilWaitingAsync(test, 1);
        var small = test.AcquireAsync("small", 10);
        await WaitUntilWaitingAsync(test, 2);
        Assert.False(small.IsCompleted);

        await test.Models.ReleaseAsync(held, false);
        await test.Models.ReleaseAsync(await large, false);
        await test.Models.ReleaseAsync(await small, false);

        Assert.Equal(["held", "large", "small"], [.. test.Loads.Take(1), .. test.Loads.Skip(1).Order()]);
    }

    [Fact]
    public async Task AcquireAsync_JoinedWithAHigherPriority_MovesUp()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 100);
        var first = ReleaseAsync(test.AcquireAsync("first", 100));
        await WaitUntilWaitingAsync(test, 1);
        var second = ReleaseAsync(test.AcquireAsync("second", 100));
        await WaitUntilWaitingAsync(test, 2);
        var joined = ReleaseAsync(test.AcquireAsync("second", 100, priority: 1));

        await test.Models.ReleaseAsync(held, false);
        await Task.WhenAll(first, second, joined);

        Assert.Equal(["held", "second", "first"], test.Loads);

        async Task ReleaseAsync(Task<EdgeAI.Loading.SharedModel> model) => await test.Models.ReleaseAsync(await model, false);
    }

    [Fact]
    public async Task AcquireAsync_CancelledWhileWaiting_LetsTheNextOneIn()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 60);
        using var cancellation = new CancellationTokenSource();
        var large = test.Models.AcquireAsync(test.Request("large", new MemoryUse(90, 0, 0)), false, cancellation.Token).AsTask();
        await WaitUntilWaitingAsync(test, 1);
        var small = test.AcquireAsync("small", 10);
        await WaitUntilWaitingAsync(test, 2);

        await cancellation.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await test.Models.ReleaseAsync(await small, false);

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.DoesNotContain("large", test.Loads);
        await test.Models.ReleaseAsync(held, false);
    }

    [Fact]
    public async Task AcquireAsync_FailedLoad_LeavesNothingReserved()
    {
        await using var test = new SizedModels(new MemoryOptions());
        test.WhileLoading = (_, _) => throw new InvalidOperationException("the device is on fire");

        await Assert.ThrowsAsync<InvalidOperationException>(() => test.AcquireAsync("bad", 60));

        Assert.Equal(default, test.Models.Report().Reserved);
        Assert.Empty(test.Models.Report().Models);
    }

    [Fact]
    public async Task DisposeAsync_WhileALoadWaits_EndsTheWait()
    {
        var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 60);
        var waiting = test.AcquireAsync("waiting", 60);
        await WaitUntilWaitingAsync(test, 1);

        await test.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await test.Models.ReleaseAsync(held, false);
        Assert.Equal((default, 0L), (test.Models.Report().Reserved, test.OpenBytes));
    }

    private static async Task UseMappedAsync(SizedModels test, string name, long mapped) =>
        await test.Models.ReleaseAsync((await test.Models.AcquireAsync(test.Request(name, new MemoryUse(1, mapped, 0)), false, Cancellation)).Model, false);

    // A load asks for room on a thread of its own; the queue is where it ends up.
    private static Task WaitUntilWaitingAsync(SizedModels test, int count) => SizedModels.UntilAsync(() => test.Models.WaitingLoads >= count);
}
