using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Scheduling;

namespace EdgeAI.Runtime.Tests.Scheduling;

public sealed class DeviceQueueTests
{
    private static readonly Digest A = Digest.Of("a"u8);
    private static readonly Digest B = Digest.Of("b"u8);

    private readonly DeviceQueue _queue = new(new DeviceOptions { MaxConcurrentRuns = 1, QueueLength = 40 });
    private readonly List<string> _order = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterAsync_TwoModels_TakeTurnsByTheTimeTheyTook()
    {
        await OccupyAsync();
        List<Task> waiting = [];
        for (var i = 0; i < 6; i++)
        {
            waiting.Add(EnterAsync(A, "a"));
        }

        waiting.Add(EnterAsync(B, "b"));
        waiting.Add(EnterAsync(B, "b"));
        for (var i = 0; i < 8; i++)
        {
            await PassAsync(i == 0 || _order[^1] == "a" ? A : B);
        }

        await Task.WhenAll(waiting);

        // The one that came late waits for one turn, and not for the six before it.
        Assert.Equal("babaaaaa", string.Concat(_order));
    }

    [Fact]
    public async Task EnterAsync_HighPriorities_LeaveEveryEighthTurnToTheLongestWait()
    {
        await OccupyAsync();
        List<Task> waiting = [EnterAsync(B, "low", RunPriority.Low)];
        for (var i = 0; i < 20; i++)
        {
            waiting.Add(EnterAsync(A, "high", RunPriority.High));
        }

        for (var i = 0; i < 21; i++)
        {
            await PassAsync(A);
        }

        await Task.WhenAll(waiting);
        Assert.Equal(7, _order.IndexOf("low"));
    }

    [Fact]
    public async Task EnterAsync_FullQueue_IsAnAnswerToWhoTries()
    {
        var queue = new DeviceQueue(new DeviceOptions { MaxConcurrentRuns = 1, QueueLength = 1 });
        Assert.True(await queue.EnterAsync(A, RunPriority.Normal, isTry: true, Cancellation));
        var first = queue.EnterAsync(A, RunPriority.Normal, isTry: true, Cancellation).AsTask();

        Assert.False(await queue.EnterAsync(A, RunPriority.Normal, isTry: true, Cancellation));
        var waits = queue.EnterAsync(A, RunPriority.Normal, isTry: false, Cancellation).AsTask();
        Assert.Equal(2, queue.Length);
        queue.Exit(A, TimeSpan.Zero);
        Assert.True(await first);
        queue.Exit(A, TimeSpan.Zero);
        Assert.True(await waits);
    }

    [Fact]
    public async Task EnterAsync_Cancelled_LeavesTheQueueAndNoTurnIsLost()
    {
        await OccupyAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = _queue.EnterAsync(A, RunPriority.High, isTry: false, cancellation.Token).AsTask();
        var stays = EnterAsync(B, "b");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, _queue.Length);
        await PassAsync(A);
        await stays;
    }

    [Fact]
    public async Task EnterAsync_StormOfCancellations_EndsWithAFreeDevice()
    {
        var going = 0;
        await Parallel.ForAsync(0, 10_000, Cancellation, async (_, _) =>
        {
            using var cancellation = new CancellationTokenSource();
            var entering = _queue.EnterAsync(A, RunPriority.Normal, isTry: false, cancellation.Token).AsTask();
            if (Random.Shared.Next(2) == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                await entering;
                Assert.Equal(1, Interlocked.Increment(ref going));
                Interlocked.Decrement(ref going);
                _queue.Exit(A, TimeSpan.Zero);
            }
            catch (OperationCanceledException)
            {
                // What was cancelled has no turn.
            }
        });

        Assert.Equal(0, _queue.Length);
        Assert.True(await _queue.EnterAsync(B, RunPriority.Normal, isTry: true, Cancellation));
    }

    private async Task OccupyAsync() => Assert.True(await _queue.EnterAsync(A, RunPriority.Normal, isTry: false, Cancellation));

    private async Task EnterAsync(Digest model, string name, RunPriority priority = RunPriority.Normal)
    {
        Assert.True(await _queue.EnterAsync(model, priority, isTry: false, Cancellation));
        lock (_order)
        {
            _order.Add(name);
        }
    }

    // Ends the turn that goes on, and waits until the next one has begun.
    private async Task PassAsync(Digest model)
    {
        var before = Count();
        _queue.Exit(model, TimeSpan.FromMilliseconds(10));
        while (Count() == before)
        {
            await Task.Yield();
        }
    }

    private int Count()
    {
        lock (_order)
        {
            return _order.Count;
        }
    }
}
