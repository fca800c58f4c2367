using EdgeAI.Batching;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.Batching;

public sealed class BatchSupportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("add", "the first dimension of 'a: float32[2]' is fixed")]
    [InlineData("dynamic-shapes", "'y: float32[…]' leaves open how many dimensions it has")]
    [InlineData("sequence-input", "is not a tensor")]
    [InlineData("optional-input", "is fixed")]
    [InlineData("running-sums", "from 'next_state' to 'state'")]
    public async Task LoadAsync_ModelThatCantBeBatched_IsRefusedAndNotKept(string name, string reason)
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        await test.ImportAsync(TestModels.Get(name));

        var exception = await Assert.ThrowsAsync<BatchingNotSupportedException>(
            async () => await test.Runtime.Engine.LoadAsync(name, new ModelLoadOptions { Batching = new BatchingOptions() }, Cancellation));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Equal($"{name}:latest", exception.Model);
        Assert.Empty(test.Runtime.Engine.GetMemory().Models);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(65537, 0, 1)]
    [InlineData(8, -1, 1)]
    [InlineData(8, 61, 1)]
    [InlineData(8, 0, 0)]
    [InlineData(8, 0, 65)]
    public async Task LoadAsync_OptionOutOfItsRange_IsRefused(int size, int seconds, int batches)
    {
        var batching = new BatchingOptions { MaxBatchSize = size, MaxDelay = TimeSpan.FromSeconds(seconds), MaxConcurrentBatches = batches };
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.Mlp);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await test.Runtime.Engine.LoadAsync("mlp", new ModelLoadOptions { Batching = batching }, Cancellation));
        Assert.Throws<OptionsValidationException>(() => EdgeRuntime.Create(options => options.Models.Add(new ModelOptions { Name = "mlp", Batching = batching })));
    }

    [Fact]
    public async Task LoadAsync_BatchingInTheOptions_HoldsUnlessALoadSaysOtherwise()
    {
        await using var test = new TestRuntime(options => options.Models.Add(new ModelOptions { Name = "add", Batching = new BatchingOptions() }));
        await test.ImportAsync(TestModels.Add);

        await Assert.ThrowsAsync<BatchingNotSupportedException>(async () => await test.Runtime.Engine.LoadAsync("add", Cancellation));

        await using var lease = await test.Runtime.Engine.LoadAsync("add", new ModelLoadOptions { Batching = new BatchingOptions { MaxBatchSize = 1 } }, Cancellation);
        lease.Run(TestModels.Add.CreateInputs(), Cancellation).Dispose();
    }

    [Fact]
    public void AddEdgeAI_BatchingInAConfiguration_IsBound()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "mlp",
            ["Models:0:Batching:MaxBatchSize"] = "32",
            ["Models:0:Batching:MaxDelay"] = "00:00:00.002",
            ["Models:0:Batching:IsStateless"] = "true",
        }).Build();
        var services = new ServiceCollection();
        services.AddEdgeAI(configuration);
        using var provider = services.BuildServiceProvider();

        var model = Assert.Single(provider.GetRequiredService<IOptions<EdgeAIOptions>>().Value.Models);

        Assert.Equal(new BatchingOptions { MaxBatchSize = 32, MaxDelay = TimeSpan.FromMilliseconds(2), IsStateless = true }, model.Batching);
    }

    [Theory]
    [InlineData("state", "stateN", true)]
    [InlineData("state", "next_state", true)]
    [InlineData("h0", "hn", true)]
    [InlineData("h_in", "h_out", true)]
    [InlineData("prevHidden", "newHidden", true)]
    [InlineData("past_key_values.0.key", "present.0.key", true)]
    [InlineData("past_0", "present_0", true)]
    [InlineData("past_1", "present_0", false)]
    [InlineData("input", "output", false)]
    [InlineData("input.1", "output.1", false)]
    [InlineData("x", "y", false)]
    [InlineData("pixel_values", "logits", false)]
    [InlineData("hidden", "hint", false)]
    public void Find_Names_TellsStateFromOtherValues(string input, string output, bool isState)
    {
        var type = ModelValueType.Tensor(ElementType.Float32, [new ModelDimension(null, "batch"), new ModelDimension(4)]);

        var found = StateNames.Find(new ModelSignature([new ModelValueInfo("other", type), new ModelValueInfo(input, type)], [new ModelValueInfo(output, type)]));

        Assert.Equal(isState, found is not null);
    }
}
