using EdgeAI.Configuration;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>A model whose weights are more than there is room for: it runs from its mapping, read ahead of each run.</summary>
public sealed class LargerThanMemoryTests
{
    private const int Size = 3000;
    private const long Weights = 4L * Size * Size;

    // Packed and plain kernels add thousands of products in different orders.
    private const double Tolerance = 1e-4;

    private static readonly TestModel Model = TestModels.MatMulOf("large", Size);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WeightsBeyondTheBudget_RunsUnpackedFromTheMapping()
    {
        await using var test = new TestRuntime(Tight);
        await using var lease = await test.LoadAsync(Model);
        using var expected = PlainRuntime.Run(Model, Model.CreateInputs());

        for (var i = 0; i < 20; i++)
        {
            using var actual = lease.Run(Model.CreateInputs(), Cancellation);
            ModelValueAssert.Close(expected, actual, Tolerance);
        }

        Assert.Empty(HotFolder.Packed(test.DataDirectory));
        var memory = Assert.Single(test.Runtime.Engine.GetMemory().Models).Memory;
        Assert.Equal(Weights, memory.Mapped);
        Assert.InRange(memory.Private, 0, Weights / 2);
    }

    [Fact]
    public async Task SwapOutAsync_WhileWeightsAreReadAhead_EndsTheReading()
    {
        await using var test = new TestRuntime(Tight);
        await using var lease = await test.LoadAsync(Model);
        for (var i = 0; i < 20; i++)
        {
            var runs = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => lease.Run(Model.CreateInputs(), Cancellation).Dispose(), Cancellation)));
            await test.Runtime.Engine.SwapOutAsync(Model.Name, Cancellation);
            await runs;
        }
    }

    private static void Tight(EdgeAIOptions options)
    {
        options.Memory.HostPrivateBytes = Weights - 1;
        options.Memory.HostMappedBytes = Weights / 10;
    }
}
