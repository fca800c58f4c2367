using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>Small models try which threads are best for them.</summary>
public sealed class ThreadTrialTests
{
    private const string Decided = "has found its threads";
    private const double Tolerance = 1e-5;

    private static readonly TestModel Model = TestModels.Mlp;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PowerPolicy.Fastest)]
    [InlineData(PowerPolicy.Efficient)]
    public async Task Run_WhileItIsTried_GoesOnWithoutAFailure(PowerPolicy policy)
    {
        var signal = new LogSignal(Decided);
        await using var test = new TestRuntime(options => options.Inference.PowerPolicy = policy, signal.AddTo);
        using var expected = PlainRuntime.Run(Model, Model.CreateInputs());
        await using var lease = await test.LoadAsync(Model);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                do
                {
                    RunOnce(lease, expected);
                }
                while (!signal.Logged.IsCompleted);
            },
            Cancellation)));
        await signal.Logged;

        RunOnce(lease, expected);
    }

    [Fact]
    public async Task DisposeAsync_AtAnyTimeOfTheTrial_EndsIt()
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        await test.ImportAsync(Model);
        using var expected = PlainRuntime.Run(Model, Model.CreateInputs());
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            await using var lease = await test.Runtime.Engine.LoadAsync(Model.Name, Cancellation);
            for (var runs = random.Next(1, 40); runs > 0; runs--)
            {
                RunOnce(lease, expected);
            }
        }
    }

    [Fact]
    public async Task Bind_AtAnyTimeOfTheTrial_KeepsItsOutputs()
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        await test.ImportAsync(Model);
        using var expected = PlainRuntime.Run(Model, Model.CreateInputs());
        var random = new Random(4);
        for (var i = 0; i < 50; i++)
        {
            await using var lease = await test.Runtime.Engine.LoadAsync(Model.Name, Cancellation);
            for (var runs = random.Next(0, 40); runs > 0; runs--)
            {
                RunOnce(lease, expected);
            }

            using var binding = lease.Bind(Model.CreateInputs());
            binding.Run(Cancellation);
            var outputs = binding.Outputs;
            for (var runs = 0; runs < 40; runs++)
            {
                RunOnce(lease, expected);
                binding.Run(Cancellation);
                Assert.Same(outputs, binding.Outputs);
            }

            ModelValueAssert.Close(expected, outputs, Tolerance);
        }
    }

    [Fact]
    public async Task Run_OfALongModel_HasThreadsThatStayAwakeFromThenOn()
    {
        var signal = new LogSignal(nameof(RunThreads.AwakeLonger));
        await using var test = new TestRuntime(build: signal.AddTo);
        await using var lease = await test.LoadAsync(TestModels.Convolutions);
        var inputs = CreateInputsOfALongRun();
        using var expected = PlainRuntime.Run(TestModels.Convolutions, inputs);
        do
        {
            using var actual = lease.Run(inputs, Cancellation);
            ModelValueAssert.Close(expected, actual, Tolerance);
        }
        while (!signal.Logged.IsCompleted);
        await signal.Logged;
    }

    // By all threads of this machine, whatever it is.
    private static ModelInputs CreateInputsOfALongRun()
    {
        using var folder = new TemporaryDirectory();
        using var session = new InferenceSession(TestModels.Convolutions.Save(folder));
        for (var side = 400; ; side += 200)
        {
            var inputs = new ModelInputs { ["image"] = TensorValue.Create(SeededRandom.Floats(6, 3 * side * side), 1, 3, side, side) };
            if (Enumerable.Range(0, ThreadTrial.Runs).Min(_ => Measure(session, inputs)) > TimeSpan.FromMilliseconds(60))
            {
                return inputs;
            }
        }
    }

    private static TimeSpan Measure(InferenceSession session, ModelInputs inputs)
    {
        var started = Stopwatch.GetTimestamp();
        PlainRuntime.Run(session, inputs).Dispose();
        return Stopwatch.GetElapsedTime(started);
    }

    private static void RunOnce(IModelLease lease, ModelOutputs expected)
    {
        using var actual = lease.Run(Model.CreateInputs(), Cancellation);
        ModelValueAssert.Close(expected, actual, Tolerance);
    }
}
