using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Batching;

public sealed class BatchCancellationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_CancelledBeforeItsRun_LeavesAtOnce()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions());
        using var cancellation = new CancellationTokenSource();
        var first = await test.OccupyAsync(lease, TestModels.TableInputs(0));
        var stays = lease.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask();
        var leaves = lease.RunAsync(TestModels.TableInputs(1), cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.False(first.IsCompleted);
        test.Provider.LetRunsEnd();
        (await first).Dispose();
        (await stays).Dispose();
        Assert.Equal([1, 1], test.Provider.Rows);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lease.RunAsync(TestModels.TableInputs(1), cancellation.Token));
    }

    [Fact]
    public async Task RunAsync_CancelledInItsBatch_DoesNotCancelTheOthers()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions { MaxBatchSize = 2, MaxDelay = TimeSpan.FromSeconds(1) });
        using var cancellation = new CancellationTokenSource();
        test.Provider.HoldRuns();
        var leaves = lease.RunAsync(TestModels.TableInputs(1), cancellation.Token).AsTask();
        var stays = lease.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask();
        await test.Provider.NextRunStarted();

        await cancellation.CancelAsync();
        test.Provider.LetRunsEnd();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.Equal(cancellation.Token, exception.CancellationToken);
        using var outputs = await stays;
        Assert.Equal([2f, 20f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task RunAsync_FirstOfItsBatchCancelled_TheNextStandsForTheRun()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions { MaxBatchSize = 3, MaxDelay = TimeSpan.FromSeconds(1) });
        using var cancellation = new CancellationTokenSource();
        test.Provider.HoldRuns();
        var leaves = lease.RunAsync(TestModels.TableInputs(1), cancellation.Token).AsTask();
        Task<ModelOutputs>[] stay = [lease.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask(), lease.RunAsync(TestModels.TableInputs(3), Cancellation).AsTask()];
        await test.Provider.NextRunStarted();

        await cancellation.CancelAsync();
        test.Provider.LetRunsEnd();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.Equal([(3, true), (3, false)], (await Task.WhenAll(stay)).Select(outputs => (outputs.Batch!.BatchRows, outputs.Batch.IsFirst)));
    }

    [Fact]
    public async Task RunAsync_AllOfABatchCancelled_StopsTheRun()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions { MaxBatchSize = 2, MaxDelay = TimeSpan.FromSeconds(1) });
        using var one = new CancellationTokenSource();
        using var two = new CancellationTokenSource();
        test.Provider.HoldRuns();
        Task<ModelOutputs>[] running = [lease.RunAsync(TestModels.TableInputs(1), one.Token).AsTask(), lease.RunAsync(TestModels.TableInputs(2), two.Token).AsTask()];
        await test.Provider.NextRunStarted();

        await one.CancelAsync();
        await two.CancelAsync();

        // The gate is still shut: only the cancellation can have ended the run.
        Assert.Equal(one.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running[0])).CancellationToken);
        Assert.Equal(two.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running[1])).CancellationToken);
    }

    [Fact]
    public async Task RunAsync_StormOfCancellations_EndsEveryRequestAndLeavesNothing()
    {
        await using var test = new BatchedRuntime();
        var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions { MaxConcurrentBatches = 2 });
        var completed = 0;

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (i, token) =>
        {
            var random = new Random(i);
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(token);
            var row = random.Next(50) == 0 ? 4 : random.Next(4);
            var running = lease.RunAsync(TestModels.TableInputs(row), cancellation.Token).AsTask();
            for (var spins = random.Next(200); spins > 0 && !running.IsCompleted; spins--)
            {
                await Task.Yield();
            }

            if (random.Next(2) == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                using var outputs = await running;
                Assert.Equal([row, row * 10f], outputs.GetTensor("y").ToArray<float>());
                Interlocked.Increment(ref completed);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
            }
            catch (InferenceException) when (row == 4)
            {
            }
        });

        Assert.InRange(completed, 300, 1000);
        await lease.DisposeAsync();
        Assert.Empty(test.Test.Runtime.Engine.GetMemory().Models);
    }
}
