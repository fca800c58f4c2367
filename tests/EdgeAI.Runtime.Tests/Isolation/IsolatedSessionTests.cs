using System.Diagnostics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Isolation;

public sealed class IsolatedSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_EveryModelOfTheCatalogue_GivesWhatOnnxRuntimeGives()
    {
        await using var test = new TestRuntime(options =>
        {
            options.Inference.Isolation = ModelIsolation.OutOfProcess;
            options.Inference.KeepAlive = TimeSpan.Zero;
        });
        foreach (var model in TestModels.All)
        {
            await using var lease = await test.LoadAsync(model);
            using var expected = PlainRuntime.Run(model, model.CreateInputs());

            using var outputs = await lease.RunAsync(model.CreateInputs(), Cancellation);

            ModelValueAssert.Same(expected, outputs);
        }
    }

    [Fact]
    public async Task Load_OutOfProcess_CountsTheWorkersMemory()
    {
        await using var test = new TestRuntime(options => options.Inference.Isolation = ModelIsolation.OutOfProcess);
        await using var lease = await test.LoadAsync(TestModels.Add);

        // A runtime of .NET and ONNX Runtime take more than this by themselves.
        Assert.True(Assert.Single(test.Runtime.Engine.GetMemory().Models).Memory.Private > 1 << 20);
    }

    [Fact]
    public async Task Run_WorkerDied_SaysSoAndStartsAnotherAfterTheDelay()
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.Add);
        using var files = await test.Runtime.Store.MaterializeAsync(TestModels.Add.Name, Cancellation);
        var time = new FakeTimeProvider();
        using var session = (IsolatedSession)await IsolatedSession.CreateAsync(
            files, new ExecutionDevice("cpu", DeviceKind.Cpu, "0", "CPU"), new InferenceOptions(), time, Cancellation);
        var inputs = TestModels.Add.CreateInputs();
        session.Run(inputs, Cancellation).Dispose();

        for (var death = 0; death < 2; death++)
        {
            using (var worker = Process.GetProcessById(session.WorkerId!.Value))
            {
                worker.Kill();
                await worker.WaitForExitAsync(Cancellation);
            }

            var died = Assert.Throws<ModelWorkerException>(() => session.Run(inputs, Cancellation));
            Assert.Equal(TimeSpan.FromSeconds(1), died.RetryAfter);
            Assert.NotEqual(0, died.ExitCode);
            time.Advance(died.RetryAfter - TimeSpan.FromMilliseconds(1));
            Assert.Throws<ModelWorkerException>(() => session.Run(inputs, Cancellation));
            time.Advance(TimeSpan.FromMilliseconds(1));

            using var outputs = session.Run(inputs, Cancellation);
            Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
        }
    }
}
