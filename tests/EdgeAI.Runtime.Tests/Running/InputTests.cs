using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Running;

public sealed class InputTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_InputMissing_SaysWhatTheModelTakes()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);

        var exception = Assert.Throws<InvalidModelInputException>(() => lease.Run(new ModelInputs { ["a"] = Vector() }, Cancellation));

        Assert.Equal(("add:latest", "b"), (exception.Model, exception.Input));
        Assert.Contains("it is missing", exception.Message, StringComparison.Ordinal);
        Assert.Contains("a: float32[2]; b: float32[2]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UnknownInput_IsRefused()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var inputs = new ModelInputs { ["a"] = Vector(), ["b"] = Vector(), ["c"] = Vector() };

        var exception = await Assert.ThrowsAsync<InvalidModelInputException>(async () => await lease.RunAsync(inputs, Cancellation));

        Assert.Equal("c", exception.Input);
        Assert.Contains("no such input", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongTypeShapeOrKind_SaysBoth()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        (ModelValue Value, string Problem)[] wrong =
        [
            (TensorValue.Create(new double[] { 1, 2 }, 2), "it is float64[2], and should be float32[2]"),
            (TensorValue.Create(new float[] { 1, 2, 3 }, 3), "it is float32[3], and should be float32[2]"),
            (TensorValue.Create(new float[] { 1, 2 }, 1, 2), "it is float32[1,2], and should be float32[2]"),
            (TensorValue.Scalar(1f), "it is float32[], and should be float32[2]"),
            (TensorValue.Create(new[] { "1", "2" }, 2), "it is string[2], and should be float32[2]"),
            (new SequenceValue([Vector()]), "it is a Sequence, and should be float32[2]"),
            (OptionalValue.None, "it is a Optional, and should be float32[2]"),
        ];

        Assert.All(wrong, item =>
        {
            var inputs = new ModelInputs { ["a"] = item.Value, ["b"] = Vector() };
            var exception = Assert.Throws<InvalidModelInputException>(() => lease.Run(inputs, Cancellation));
            Assert.Equal("a", exception.Input);
            Assert.Contains(item.Problem, exception.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Run_FreeDimensions_TakeAnySizeAndFixedOnesDoNot()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.DynamicShapes);

        foreach (var (batch, length) in new[] { (1, 1), (2, 7), (0, 3) })
        {
            using var outputs = lease.Run(new ModelInputs { ["x"] = Tensor(batch, length, 32) }, Cancellation);
            Assert.Equal([batch, length, 48L], outputs.GetTensor("y").Shape.ToArray());
        }

        var exception = Assert.Throws<InvalidModelInputException>(() => lease.Run(new ModelInputs { ["x"] = Tensor(1, 1, 31) }, Cancellation));
        Assert.Contains("float32[1,1,31], and should be float32[batch,?,32]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OptionalInput_MayBeGivenOrLeftOut()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.OptionalInput);

        using var without = lease.Run(new ModelInputs { ["x"] = Vector() }, Cancellation);
        using var with = lease.Run(new ModelInputs { ["x"] = Vector(), ["bias"] = Vector() }, Cancellation);

        Assert.Equal([101f, 102f], without.GetTensor("y").ToArray<float>());
        Assert.Equal([2f, 4f], with.GetTensor("y").ToArray<float>());
        var exception = Assert.Throws<InvalidModelInputException>(() => lease.Run(new ModelInputs(), Cancellation));
        Assert.Contains("bias: float32[2] (may be left out)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SequenceWithoutMembers_FailsInWords()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.SequenceInput);

        Assert.ThrowsAny<EdgeAIException>(() => lease.Run(new ModelInputs { ["parts"] = new SequenceValue([]) }, Cancellation));
    }

    [Fact]
    public async Task Run_MapOfTheWrongTypes_SaysBoth()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.StringMapInput);
        var map = new MapValue(TensorValue.Create(new[] { 1L }, 1), TensorValue.Create(new[] { 1f }, 1));

        var exception = Assert.Throws<InvalidModelInputException>(() => lease.Run(new ModelInputs { ["counts"] = map }, Cancellation));

        Assert.Contains("a map from int64 to float32, and should be map<string,float32", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LargeInput_IsReadInPlace()
    {
        const int Length = 16 << 20;
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.DynamicShapes);
        var inputs = new ModelInputs { ["x"] = TensorValue.Create(new float[Length], Length / 32, 1, 32) };
        lease.Run(TestModels.DynamicShapes.CreateInputs(), CancellationToken.None).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        lease.Run(inputs, CancellationToken.None).Dispose();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }

    private static TensorValue Vector() => TensorValue.Create(new float[] { 1, 2 }, 2);

    private static TensorValue Tensor(int batch, int length, int width) => TensorValue.Create(new float[batch * length * width], batch, length, width);
}
