using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Out and in again, with real models, and what leases see of it.</summary>
public sealed class SwapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AfterSwapOut_GivesTheSameBits()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        var before = Run(lease);

        Assert.True(await test.Runtime.Engine.SwapOutAsync(TestModels.MatMul.Name, Cancellation));
        var away = Assert.Single(test.Runtime.Engine.GetMemory().Models);
        var after = Run(lease);

        Assert.Equal((LoadedModelState.Out, default, 1), (away.State, away.Memory, away.Leases));
        Assert.Equal(before, after);
        var back = Assert.Single(test.Runtime.Engine.GetMemory().Models);
        Assert.Equal(LoadedModelState.Loaded, back.State);
        Assert.Equal(test.Runtime.Engine.GetMemory().Reserved, back.Memory);
        Assert.True(back.Memory.Mapped >= 1 << 20, $"{back.Memory}");
    }

    [Fact]
    public async Task RunAsync_ByManyAfterSwapOut_LoadsOnce()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(provider);
        provider.LetLoadsEnd();
        await using var lease = await test.LoadAsync(TestModels.Add);
        await test.Runtime.Engine.SwapOutAsync("add", Cancellation);

        var runs = Enumerable.Range(0, 16).Select(_ => Task.Run(() => lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask(), Cancellation));
        await Task.WhenAll(runs);

        Assert.Equal(2, provider.Loads);
        Assert.True(provider.Sessions[0].IsDisposed);
    }

    [Fact]
    public async Task SwapOutAsync_DuringARun_WaitsForIt()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(provider);
        provider.LetLoadsEnd();
        await using var lease = await test.LoadAsync(TestModels.Add);
        provider.Sessions[0].HoldRuns();
        var run = lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask();
        await provider.Sessions[0].RunStarted;

        var swap = test.Runtime.Engine.SwapOutAsync("add", Cancellation).AsTask();
        await SizedModels.UntilAsync(() => test.Runtime.Engine.GetMemory().Models[0].State == LoadedModelState.Leaving);
        Assert.False(swap.IsCompleted);
        Assert.False(provider.Sessions[0].IsDisposed);
        provider.Sessions[0].LetRunsEnd();

        Assert.Single(await run);
        Assert.True(await swap);
        Assert.True(provider.Sessions[0].IsDisposed);
    }

    [Fact]
    public async Task SwapOutAsync_CancelledDuringARun_KeepsTheSession()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(provider);
        provider.LetLoadsEnd();
        await using var lease = await test.LoadAsync(TestModels.Add);
        provider.Sessions[0].HoldRuns();
        var run = lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask();
        await provider.Sessions[0].RunStarted;
        using var cancellation = new CancellationTokenSource();
        var swap = test.Runtime.Engine.SwapOutAsync("add", cancellation.Token).AsTask();
        await SizedModels.UntilAsync(() => test.Runtime.Engine.GetMemory().Models[0].State == LoadedModelState.Leaving);

        // A run that comes now waits for what becomes of the swap.
        var next = Task.Run(() => lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask(), Cancellation);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => swap);
        provider.Sessions[0].LetRunsEnd();

        Assert.Single(await run);
        Assert.Single(await next);
        Assert.False(provider.Sessions[0].IsDisposed);
        Assert.Equal(1, provider.Loads);
        Assert.True(await test.Runtime.Engine.SwapOutAsync("add", Cancellation));
    }

    [Fact]
    public async Task SwapOutAsync_Pinned_IsRefusedUntilItIsUnpinned()
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.Add);
        var pin = await test.Runtime.Engine.PinAsync("add", Cancellation);

        var exception = await Assert.ThrowsAsync<ModelPinnedException>(async () => await test.Runtime.Engine.SwapOutAsync("add", Cancellation));
        Assert.Equal("add:latest", exception.Model.ToString());
        await pin.DisposeAsync();

        Assert.True(await test.Runtime.Engine.SwapOutAsync("add", Cancellation));
        Assert.False(await test.Runtime.Engine.SwapOutAsync("add", Cancellation));
    }

    [Fact]
    public async Task SwapOutAsync_NothingLoaded_SaysSo()
    {
        await using var test = new TestRuntime();

        Assert.False(await test.Runtime.Engine.SwapOutAsync("nothing:1", Cancellation));
    }

    [Fact]
    public async Task SwapOutAsync_NameMovedOn_TakesTheModelThatIsLoaded()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        await test.Runtime.Store.ImportAsync("add", ModelSource.FromMemory(TestModels.AddOne.Content), null, Cancellation);

        Assert.True(await test.Runtime.Engine.SwapOutAsync("add", Cancellation));

        using var outputs = lease.Run(TestModels.Add.CreateInputs(), Cancellation);
        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task SwapInAsync_SwappedOut_IsInMemoryForTheNextRun()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        await test.Runtime.Engine.SwapOutAsync("add", Cancellation);

        await test.Runtime.Engine.SwapInAsync("add", Cancellation);

        Assert.Equal(LoadedModelState.Loaded, Assert.Single(test.Runtime.Engine.GetMemory().Models).State);
    }

    [Fact]
    public async Task Run_SwappedOutAfterTheEngineIsGone_IsRefused()
    {
        var test = new TestRuntime();
        var lease = await test.LoadAsync(TestModels.Add);
        await test.Runtime.Engine.SwapOutAsync("add", Cancellation);
        await test.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => lease.Run(TestModels.Add.CreateInputs(), Cancellation));
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_KeepAliveOfTheModel_WinsOverTheEnginesAndLosesToTheCallers()
    {
        await using var test = new TestRuntime(options =>
        {
            options.Inference.KeepAlive = Timeout.InfiniteTimeSpan;
            options.Models.Add(new ModelOptions { Name = "add", KeepAlive = TimeSpan.Zero });
        });
        await (await test.LoadAsync(TestModels.Add)).DisposeAsync();
        Assert.Empty(test.Runtime.Engine.GetMemory().Models);

        await (await test.Runtime.Engine.LoadAsync("add", new ModelLoadOptions { KeepAlive = TimeSpan.FromHours(1) }, Cancellation)).DisposeAsync();

        Assert.Single(test.Runtime.Engine.GetMemory().Models);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await test.Runtime.Engine.LoadAsync("add", new ModelLoadOptions { KeepAlive = TimeSpan.FromHours(-1) }, Cancellation));
    }

    [Fact]
    public async Task LoadAsync_WithProgress_TellsEachStage()
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.Add);
        var stages = new StageList();

        await using var lease = await test.Runtime.Engine.LoadAsync("add", new ModelLoadOptions { Progress = stages }, Cancellation);

        Assert.Equal([ModelLoadStage.Materializing, ModelLoadStage.Loading, ModelLoadStage.Loaded], stages.Stages);
    }

    private static float[] Run(IModelLease lease)
    {
        using var outputs = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);
        return outputs.GetTensor("y").ToArray<float>();
    }

    private sealed class StageList : IProgress<ModelLoadProgress>
    {
        public List<ModelLoadStage> Stages { get; } = [];

        public void Report(ModelLoadProgress value)
        {
            Assert.Equal("add:latest", value.Model.ToString());
            Stages.Add(value.Stage);
        }
    }
}
