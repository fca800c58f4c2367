using EdgeAI.Configuration;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>Small models try what they are with one thread.</summary>
public sealed class ThreadTrialTests
{
    private const string Decided = "is run best by";
    private const double Tolerance = 1e-5;

    private static readonly TestModel Model = TestModels.Mlp;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WhileItIsTried_GoesOnWithoutAFailure()
    {
        var signal = new LogSignal(Decided);
        await using var test = new TestRuntime(build: builder => Listen(builder, signal));
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

    private static void Listen(IEdgeAIBuilder builder, LogSignal signal)
    {
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
        signal.AddTo(builder);
    }

    private static void RunOnce(Inference.IModelLease lease, Inference.ModelOutputs expected)
    {
        using var actual = lease.Run(Model.CreateInputs(), Cancellation);
        ModelValueAssert.Close(expected, actual, Tolerance);
    }
}
