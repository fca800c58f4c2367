using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Running;

public sealed class OutputTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_StateOfTheLastRun_GoesStraightIntoTheNext()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Counter);
        var x = TensorValue.Create(new float[] { 1, 2 }, 2);
        var outputs = lease.Run(TestModels.Counter.CreateInputs(), Cancellation);

        for (var i = 0; i < 3; i++)
        {
            var next = lease.Run(new ModelInputs { ["x"] = x, ["state"] = outputs["next_state"] }, Cancellation);
            outputs.Dispose();
            outputs = next;
        }

        Assert.Equal(45L, outputs.GetTensor("next_state").Item<long>());
        Assert.Equal([45f, 90f], outputs.GetTensor("y").ToArray<float>());
        outputs.Dispose();
    }

    [Fact]
    public async Task Dispose_OfOutputs_EndsTheirTensors()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var outputs = lease.Run(TestModels.Add.CreateInputs(), Cancellation);
        var tensor = outputs.GetTensor("y");

        outputs.Dispose();
        outputs.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>().Length);
    }

    [Fact]
    public async Task Outputs_AfterTheModelIsUnloaded_AreStillThere()
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        var lease = await test.LoadAsync(TestModels.Add);
        using var outputs = lease.Run(TestModels.Add.CreateInputs(), Cancellation);

        await lease.DisposeAsync();

        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task Run_SequencesAndMaps_AreReadAsTheyAre()
    {
        await using var test = new TestRuntime();
        await using var sequence = await test.LoadAsync(TestModels.SequenceOutput);
        await using var map = await test.LoadAsync(TestModels.StringMapOutput);
        using var parts = sequence.Run(TestModels.SequenceOutput.CreateInputs(), Cancellation);
        using var scores = map.Run(TestModels.StringMapOutput.CreateInputs(), Cancellation);

        Assert.Equal([[1f, 2f], [3f, 4f], [5f, 6f]], parts["parts"].AsSequence().Select(part => part.AsTensor().ToArray<float>()));
        Assert.Equal(0.7f, scores["scores"].AsSequence()[0].AsMap().ToDictionary<string, float>()["żaba"]);
    }

    [Fact]
    public async Task Run_Failing_NamesTheModelAndLeavesItLoaded()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Gather);

        var exception = Assert.Throws<InferenceException>(() => lease.Run(TestModels.GatherInputs(3), Cancellation));

        Assert.Equal(("gather:latest", "cpu:0"), (exception.Model, exception.Device));
        Assert.Contains("indices element out of data bounds", exception.Message, StringComparison.Ordinal);
        using var outputs = lease.Run(TestModels.GatherInputs(2), Cancellation);
        Assert.Equal(7f, outputs.GetTensor("y").Item<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_CancelledWhileItRuns_StopsWithTheCallersToken(bool isAsync)
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Loop);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => (isAsync
            ? await lease.RunAsync(TestModels.LoopInputs(long.MaxValue), cancellation.Token)
            : lease.Run(TestModels.LoopInputs(long.MaxValue), cancellation.Token)).Dispose());

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        using var outputs = lease.Run(TestModels.LoopInputs(2), Cancellation);
        Assert.Single(outputs);
    }

    [Fact]
    public async Task Run_CancelledBefore_DoesNotRun()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Loop);
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => lease.Run(TestModels.LoopInputs(long.MaxValue), cancellation.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lease.RunAsync(TestModels.LoopInputs(long.MaxValue), cancellation.Token));
    }
}
