using EdgeAI.Configuration;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Batching;

public sealed class BatchDelayTests
{
    private static readonly BatchingOptions Delayed = new() { MaxBatchSize = 4, MaxDelay = TimeSpan.FromMilliseconds(5) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_WithADelay_WaitsForOthersThatLongAndNoLonger()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, Delayed);
        var one = lease.RunAsync(TestModels.TableInputs(1), Cancellation).AsTask();
        test.Time.Advance(TimeSpan.FromMilliseconds(4));
        var two = lease.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask();
        Assert.False(one.IsCompleted);

        test.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await one).Dispose();
        (await two).Dispose();
        Assert.Equal([2], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_BatchIsFull_DoesNotWait()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, Delayed);

        var running = Enumerable.Range(0, 4).Select(i => lease.RunAsync(TestModels.TableInputs(i), Cancellation).AsTask()).ToArray();

        Assert.All(await Task.WhenAll(running), outputs => outputs.Dispose());
        Assert.Equal([4], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_AnotherShapeIsFull_OvertakesWhatMayWait()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.PictureBatch, Delayed);
        var alone = lease.RunAsync(TestModels.PictureInputs(1, 1, 16), Cancellation).AsTask();

        (await lease.RunAsync(TestModels.PictureInputs(1, 4, 24), Cancellation)).Dispose();

        Assert.False(alone.IsCompleted);
        test.Time.Advance(Delayed.MaxDelay);
        (await alone).Dispose();
    }

    [Fact]
    public async Task DisposeAsync_WhileRequestsWait_LetsThemRunAndUnloadsTheModel()
    {
        await using var test = new BatchedRuntime();
        var lease = await test.LoadAsync(TestModels.TableRows, Delayed);
        var waiting = lease.RunAsync(TestModels.TableInputs(1), Cancellation).AsTask();

        await lease.DisposeAsync();
        await lease.DisposeAsync();

        using var outputs = await waiting;
        Assert.Equal([1f, 10f], outputs.GetTensor("y").ToArray<float>());
        Assert.Empty(test.Test.Runtime.Engine.GetMemory().Models);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await lease.RunAsync(TestModels.TableInputs(1), Cancellation));
        Assert.Throws<ObjectDisposedException>(() => lease.Bind(TestModels.TableInputs(1)));
    }

    [Fact]
    public async Task DisposeAsync_OfTheRuntimeWhileRequestsWait_EndsThem()
    {
        await using var test = new BatchedRuntime();
        var lease = await test.LoadAsync(TestModels.TableRows, Delayed);
        var waiting = lease.RunAsync(TestModels.TableInputs(1), Cancellation).AsTask();

        await test.Test.Runtime.DisposeAsync();

        (await waiting).Dispose();
        await lease.DisposeAsync();
    }
}
