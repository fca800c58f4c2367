using EdgeAI.Configuration;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Running;

/// <summary>Outputs are those of plain ONNX Runtime.</summary>
public sealed class CatalogueRunTests
{
    // What products may differ by when weights are not packed: the kernels add in another order, and four-bit ones round their inputs too.
    private const double Tolerance = 1e-5;
    private const double FourBitTolerance = 2e-2;

    public static TheoryData<string> Names => [.. TestModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_EveryModelOfTheCatalogue_GivesThePlainRuntimesBits(string name)
    {
        var model = TestModels.Get(name);
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        using var expected = PlainRuntime.Run(model, model.CreateInputs());

        // The first load optimises, the second takes what the first has kept.
        for (var load = 0; load < 2; load++)
        {
            await using var lease = await test.LoadAsync(model);
            using var actual = lease.Run(model.CreateInputs(), Cancellation);
            ModelValueAssert.Same(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RunAsync_WeightsNeverPacked_GivesThePlainRuntimesNumbers(string name)
    {
        var model = TestModels.Get(name);
        await using var test = new TestRuntime(options => options.Inference.WeightPacking = WeightPacking.Never);
        using var expected = PlainRuntime.Run(model, model.CreateInputs());
        await using var lease = await test.LoadAsync(model);

        using var actual = await lease.RunAsync(model.CreateInputs(), Cancellation);

        ModelValueAssert.Close(expected, actual, name == TestModels.Int4Weight.Name ? FourBitTolerance : Tolerance);
    }

    [Fact]
    public async Task Run_ManyThreadsAtOnce_GivesEachTheSameBits()
    {
        await using var test = new TestRuntime();
        using var expected = PlainRuntime.Run(TestModels.Mlp, TestModels.Mlp.CreateInputs());
        await using var lease = await test.LoadAsync(TestModels.Mlp);

        await Parallel.ForAsync(0, 64, Cancellation, async (_, token) =>
        {
            using var actual = await lease.RunAsync(TestModels.Mlp.CreateInputs(), token);
            ModelValueAssert.Same(expected, actual);
        });
    }
}
