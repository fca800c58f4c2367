using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>Runs with company are by one thread each.</summary>
public sealed class CrowdSessionTests
{
    private const string Made = "by one thread each";
    private const double Tolerance = 1e-4;

    private static readonly TestModel Large = TestModels.MatMulOf("large", 2900);

    private static readonly ExecutionDevice Processors = new("cpu", DeviceKind.Cpu, "0", "CPU");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WeightPacking.Auto)]
    [InlineData(WeightPacking.Always)]
    [InlineData(WeightPacking.Never)]
    public async Task Run_ManyAtOnce_GoOnWithoutAFailureByOneThreadEach(WeightPacking packing)
    {
        var signal = new LogSignal(Made);
        await using var test = new TestRuntime(options => options.Inference.WeightPacking = packing, signal.AddTo);
        using var expected = PlainRuntime.Run(Large, Large.CreateInputs());
        await using (var lease = await test.LoadAsync(Large))
        {
            await CrowdAsync(() =>
            {
                do
                {
                    RunOnce(lease, expected);
                }
                while (!signal.Logged.IsCompleted);
                RunOnce(lease, expected);
            });
            await signal.Logged;
            using var binding = lease.Bind(Large.CreateInputs());
            await CrowdAsync(() => RunOnce(lease, expected));
            binding.Run(Cancellation);
            ModelValueAssert.Close(expected, binding.Outputs, Tolerance);
        }

        await test.Runtime.Engine.SwapOutAsync(Large.Name, Cancellation);
        Assert.Equal(0, test.Runtime.Engine.GetMemory().Reserved.Private);
    }

    [Fact]
    public async Task DisposeAsync_AtAnyTime_EndsIt()
    {
        await using var test = new TestRuntime(options =>
        {
            options.Inference.KeepAlive = TimeSpan.Zero;
            options.Inference.WeightPacking = WeightPacking.Never;
        });
        await test.ImportAsync(Large);
        using var expected = PlainRuntime.Run(Large, Large.CreateInputs());
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
        {
            var runs = random.Next(1, 20);
            await using (var lease = await test.Runtime.Engine.LoadAsync(Large.Name, Cancellation))
            {
                await CrowdAsync(() =>
                {
                    for (var run = 0; run < runs; run++)
                    {
                        RunOnce(lease, expected);
                    }
                });
            }

            Assert.Equal(0, test.Runtime.Engine.GetMemory().Reserved.Private);
            Assert.Empty(HotFolder.Staging(test.DataDirectory));
        }
    }

    [Fact]
    public void Run_WithARunForEachProcessor_IsInTheSessionOfOneThread()
    {
        // Told from each other by what they give.
        using var folder = new TemporaryDirectory();
        var signature = new ModelSignature([], []);
        using var session = new OnnxSession("model", Processors, signature, Open(folder, TestModels.AddOne));
        session.UseOneThreadInCrowds(_ => Task.FromResult<OnnxGraphSession?>(Open(folder, TestModels.Quotient)));
        Assert.Equal([2, 3], RunOnTwoElements(session));

        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            ProcessorRuns.Begin();
        }

        try
        {
            WaitFor(() => RunOnTwoElements(session) is [1, 1]);
        }
        finally
        {
            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                ProcessorRuns.End();
            }
        }

        // Other tests of this process have runs of their own.
        WaitFor(() => RunOnTwoElements(session) is [2, 3]);
    }

    [Fact]
    public async Task TryHold_AfterSomeRuns_IsTheSessionThatWasMade()
    {
        using var folder = new TemporaryDirectory();
        var graph = Open(folder, TestModels.Add);
        var made = new TaskCompletionSource<OnnxGraphSession?>();
        var crowd = new CrowdSession(_ => made.Task);
        for (var i = 0; i < 2 * CrowdSession.Runs; i++)
        {
            Assert.Null(crowd.TryHold());
        }

        made.SetResult(graph);
        OnnxGraphSession? held = null;
        WaitFor(() => (held = crowd.TryHold()) is not null);
        Assert.Same(graph, held);
        var disposing = crowd.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        held!.Release();
        await disposing;
        Assert.False(graph.TryHold());
    }

    [Fact]
    public async Task TryHold_CouldNotBeMade_IsNotTriedAgain()
    {
        var tries = 0;
        var crowd = new CrowdSession(_ =>
        {
            tries++;
            return Task.FromResult<OnnxGraphSession?>(null);
        });
        for (var i = 0; i < 10 * CrowdSession.Runs; i++)
        {
            Assert.Null(crowd.TryHold());
        }

        await crowd.DisposeAsync();
        Assert.Equal(1, tries);
    }

    private static OnnxGraphSession Open(TemporaryDirectory folder, TestModel model) => new(new InferenceSession(model.Save(folder)), null, 0, null);

    private static float[] RunOnTwoElements(OnnxSession session)
    {
        using var outputs = session.Run(TestModels.AddOne.CreateInputs(), Cancellation);
        return outputs["y"].AsTensor().AsSpan<float>().ToArray();
    }

    private static void WaitFor(Func<bool> isReached) => Assert.True(SpinWait.SpinUntil(isReached, TimeSpan.FromSeconds(30)));

    private static Task CrowdAsync(Action run) => Task.WhenAll(
        Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => Task.Factory.StartNew(run, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private static void RunOnce(IModelLease lease, ModelOutputs expected)
    {
        using var actual = lease.Run(Large.CreateInputs(), Cancellation);
        ModelValueAssert.Close(expected, actual, Tolerance);
    }
}
