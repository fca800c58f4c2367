using EdgeAI.Configuration;
using EdgeAI.Loading;
using EdgeAI.Runtime.Tests.Providers.Onnx;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Bytes for work beside requests.</summary>
public sealed class WorkingMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeAsync_Room_IsChargedUntilItIsGivenBack()
    {
        await using var test = new SizedModels(new MemoryOptions());

        Assert.True(await test.Models.TakeAsync(70, Cancellation));
        Assert.Equal(70, test.Models.Report().Reserved.Private);
        var waiting = test.AcquireAsync("model", 40);
        await SizedModels.UntilAsync(() => test.Models.WaitingLoads == 1);
        test.Models.GiveBack(70);

        await test.Models.ReleaseAsync(await waiting, false);
        Assert.Equal(40, test.Models.Report().Reserved.Private);
    }

    [Fact]
    public async Task TakeAsync_NoRoom_WaitsBehindLoadsAndUnloadsNothing()
    {
        await using var test = new SizedModels(new MemoryOptions());
        var held = await test.AcquireAsync("held", 80);
        var work = test.Models.TakeAsync(50, Cancellation).AsTask();
        var load = test.AcquireAsync("load", 60);
        await SizedModels.UntilAsync(() => test.Models.WaitingLoads == 1);

        await test.Models.SwapOutAsync(held, Cancellation);
        var loaded = await load;
        Assert.False(work.IsCompleted);

        // It is idle, and stays all the same.
        await test.Models.ReleaseAsync(loaded, false);
        Assert.False(work.IsCompleted);
        Assert.DoesNotContain("load", test.Unloads);
        await test.Models.SwapOutAsync(loaded, Cancellation);

        Assert.True(await work);
        test.Models.GiveBack(50);
        await test.Models.ReleaseAsync(held, false);
        Assert.Equal(default, test.Models.Report().Reserved);
    }

    [Fact]
    public async Task TakeAsync_MoreThanThereCouldBe_IsRefused()
    {
        await using var test = new SizedModels(new MemoryOptions());

        Assert.False(await test.Models.TakeAsync(101, Cancellation));
        Assert.Equal(0, test.Models.WaitingWork);
    }

    [Fact]
    public async Task TakeAsync_Cancelled_TakesNothing()
    {
        await using var test = new SizedModels(new MemoryOptions());
        Assert.True(await test.Models.TakeAsync(70, Cancellation));
        for (var i = 0; i < 1000; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var work = test.Models.TakeAsync(50, cancellation.Token).AsTask();
            var giving = i % 2 == 0 ? Task.CompletedTask : Task.Run(() => test.Models.GiveBack(70), Cancellation);
            await cancellation.CancelAsync();
            await giving;
            if (await Record.ExceptionAsync(() => work) is null)
            {
                test.Models.GiveBack(50);
            }

            Assert.True(giving == Task.CompletedTask || await test.Models.TakeAsync(70, Cancellation));
        }

        Assert.Equal((70, 0), (test.Models.Report().Reserved.Private, test.Models.WaitingWork));
        test.Models.GiveBack(70);
    }

    [Fact]
    public async Task Packing_NoRoom_WaitsUntilAnotherModelLeaves()
    {
        // Just above what is packed in private memory at once; packing it takes as many bytes again.
        var large = TestModels.MatMulOf("large", 2900);
        const long weights = 4L * 2900 * 2900;
        var signal = new LogSignal("packed weights from now on");
        await using var test = new TestRuntime(options => options.Memory.HostPrivateBytes = weights * 3 / 2, signal.AddTo);
        var models = ((InferenceEngine)test.Runtime.Engine).WorkingMemory;
        await using var lease = await test.LoadAsync(large);
        Assert.True(await models.TakeAsync(weights, Cancellation));

        lease.Run(large.CreateInputs(), Cancellation).Dispose();
        await SizedModels.UntilAsync(() => ((LoadedModels)models).WaitingWork == 1);
        Assert.Empty(HotFolder.Staging(test.DataDirectory));
        Assert.False(signal.Logged.IsCompleted);
        models.GiveBack(weights);

        await signal.Logged;
        await SizedModels.UntilAsync(() => test.Runtime.Engine.GetMemory().Reserved.Private < weights);
        Assert.Single(HotFolder.Packed(test.DataDirectory));
    }
}
