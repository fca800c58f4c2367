using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>A large model of floats that is served at once, and changes over to packed weights behind its requests.</summary>
public sealed class ChangeOverTests
{
    // Packed and plain kernels add thousands of products in different orders.
    private const double Tolerance = 1e-4;
    private const string ChangedOver = "packed weights from now on";

    // Just above what is packed in private memory at once.
    private static readonly TestModel Large = TestModels.MatMulOf("large", 2900);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WhileItChangesOver_GoesOnWithoutAFailure()
    {
        var signal = new LogSignal(ChangedOver);
        await using var test = new TestRuntime(build: signal.AddTo);
        using var expected = PlainRuntime.Run(Large, Large.CreateInputs());
        await using var lease = await test.LoadAsync(Large);
        using var binding = lease.Bind(Large.CreateInputs());
        Assert.Empty(HotFolder.Packed(test.DataDirectory));

        var runners = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                do
                {
                    using var actual = lease.Run(Large.CreateInputs(), Cancellation);
                    ModelValueAssert.Close(expected, actual, Tolerance);
                }
                while (!signal.Logged.IsCompleted);
            },
            Cancellation));
        do
        {
            binding.Run(Cancellation);
            ModelValueAssert.Close(expected, binding.Outputs, Tolerance);
        }
        while (!signal.Logged.IsCompleted);
        await Task.WhenAll(runners);
        await signal.Logged;

        binding.Run(Cancellation);
        ModelValueAssert.Same(expected, binding.Outputs);
        Assert.Single(HotFolder.Packed(test.DataDirectory));
        Assert.Empty(HotFolder.Staging(test.DataDirectory));
    }

    [Fact]
    public async Task DisposeAsync_AtAnyTimeOfTheChangeOver_LeavesNothingHalfMade()
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        await test.ImportAsync(Large);
        using var expected = PlainRuntime.Run(Large, Large.CreateInputs());
        var random = new Random(2);
        for (var i = 0; i < 20; i++)
        {
            await using (var lease = await test.Runtime.Engine.LoadAsync(Large.Name, Cancellation))
            {
                for (var runs = random.Next(1, 30); runs > 0; runs--)
                {
                    using var actual = lease.Run(Large.CreateInputs(), Cancellation);
                    ModelValueAssert.Close(expected, actual, Tolerance);
                }
            }

            Assert.Empty(HotFolder.Staging(test.DataDirectory));
            Array.ForEach(HotFolder.Packed(test.DataDirectory), folder => Directory.Delete(folder, recursive: true));
        }
    }
}
