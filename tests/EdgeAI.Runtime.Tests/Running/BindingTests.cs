using EdgeAI.Inference;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Running;

public sealed class BindingTests
{
    private const int Runs = 1000;

    public static TheoryData<string> Names => [.. TestModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_EveryModelOfTheCatalogue_GivesWhatAPlainRunGives(string name)
    {
        var model = TestModels.Get(name);
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(model);
        using var expected = lease.Run(model.CreateInputs(), Cancellation);

        using var binding = lease.Bind(model.CreateInputs());
        for (var i = 0; i < 3; i++)
        {
            binding.Run(Cancellation);
            ModelValueAssert.Same(expected, binding.Outputs);
        }
    }

    [Fact]
    public async Task Run_Repeatedly_AllocatesNothing()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp);
        using var own = lease.Bind(TestModels.Mlp.CreateInputs());
        using var given = lease.Bind(TestModels.Mlp.CreateInputs(), Outputs("y", TensorValue.Create(new float[4 * 15], 4, 15)));

        Assert.Equal((0, 0), (AllocatedBy(own), AllocatedBy(given)));
    }

    [Fact]
    public async Task Run_InputsChangedBetweenRuns_ReadsWhatIsThere()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Counter);
        var (x, state) = (new float[] { 1, 2 }, new long[] { 41 });
        using var binding = lease.Bind(new ModelInputs { ["x"] = TensorValue.Create(x, 2), ["state"] = TensorValue.Create(state, 1) });

        binding.Run(Cancellation);
        Assert.Equal([42f, 84f], binding.Outputs.GetTensor("y").ToArray<float>());
        (x[0], state[0]) = (10, binding.Outputs.GetTensor("next_state").Item<long>());
        binding.Run(Cancellation);

        Assert.Equal([430f, 86f], binding.Outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task Run_OutputsInTheCallersMemory_WritesThere()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Counter);
        var (y, inputs) = (new float[2], TestModels.Counter.CreateInputs());
        using (var binding = lease.Bind(inputs, Outputs("y", TensorValue.Create(y, 2))))
        {
            binding.Run(Cancellation);

            Assert.Equal([42f, 84f], y);
            Assert.Equal(42, binding.Outputs.GetTensor("next_state").Item<long>());
            y[0] = 7;
            Assert.Equal(7, binding.Outputs.GetTensor("y").AsSpan<float>()[0]);
        }
    }

    [Fact]
    public async Task Run_ShapeThatFollowsFromValues_GivesItAnewEachTime()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.NonZero);
        var x = new float[] { 1, 0, 2, 0 };
        using var binding = lease.Bind(new ModelInputs { ["x"] = TensorValue.Create(x, 4) });

        binding.Run(Cancellation);
        Assert.Equal([0L, 2L], binding.Outputs.GetTensor("y").ToArray<long>());
        x[1] = 3;
        binding.Run(Cancellation);
        Assert.Equal([0L, 1L, 2L], binding.Outputs.GetTensor("y").ToArray<long>());
        Array.Clear(x);
        binding.Run(Cancellation);
        Assert.Empty(binding.Outputs.GetTensor("y").ToArray<long>());
    }

    [Fact]
    public async Task Run_BoundOutputOfAnotherShapeThanTheModelGives_FailsAndTheModelLivesOn()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp);
        using var binding = lease.Bind(TestModels.Mlp.CreateInputs(), Outputs("y", TensorValue.Create(new float[3 * 15], 3, 15)));

        var exception = Assert.Throws<InferenceException>(() => binding.Run(Cancellation));

        Assert.Equal("mlp:latest", exception.Model);
        Assert.Throws<InvalidOperationException>(() => binding.Outputs);
        lease.Run(TestModels.Mlp.CreateInputs(), Cancellation).Dispose();
    }

    [Fact]
    public async Task Bind_InputOrOutputThatDoesNotFit_IsRefusedInWords()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var inputs = TestModels.Add.CreateInputs();
        var shared = new float[4];
        var overlapping = new ModelInputs { ["a"] = TensorValue.Create<float>(shared.AsMemory(0, 2), 2), ["b"] = inputs["b"] };

        Assert.Throws<InvalidModelInputException>(() => lease.Bind(new ModelInputs { ["a"] = inputs["a"] }));
        Assert.Contains("no such output", Refused("z", TensorValue.Create(new float[2], 2), inputs), StringComparison.Ordinal);
        Assert.Contains("float32[3], and should be", Refused("y", TensorValue.Create(new float[3], 3), inputs), StringComparison.Ordinal);
        Assert.Contains("float64[2], and should be", Refused("y", TensorValue.Create(new double[2], 2), inputs), StringComparison.Ordinal);
        Assert.Contains("overlaps the memory of 'a'", Refused("y", TensorValue.Create<float>(shared.AsMemory(1, 2), 2), overlapping), StringComparison.Ordinal);

        string Refused(string name, TensorValue tensor, ModelInputs given) =>
            Assert.Throws<InvalidModelOutputException>(() => lease.Bind(given, Outputs(name, tensor))).Message;
    }

    [Fact]
    public async Task Binding_LeaseDisposed_RunsOnUntilItIsDisposedToo()
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        var lease = await test.LoadAsync(TestModels.Add);
        var binding = lease.Bind(TestModels.Add.CreateInputs());
        await lease.DisposeAsync();

        binding.Run(Cancellation);
        Assert.Equal([11f, 22f], binding.Outputs.GetTensor("y").ToArray<float>());
        binding.Dispose();
        binding.Dispose();

        Assert.Throws<ObjectDisposedException>(() => binding.Run(Cancellation));
        Assert.Throws<ObjectDisposedException>(() => lease.Bind(TestModels.Add.CreateInputs()));
    }

    [Fact]
    public async Task Run_AfterSwapOut_BindsToTheSessionThatCameBack()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        using var binding = lease.Bind(TestModels.MatMul.CreateInputs());
        using var left = lease.Bind(TestModels.MatMul.CreateInputs());
        left.Run(Cancellation);
        binding.Run(Cancellation);
        using var expected = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(await test.Runtime.Engine.SwapOutAsync(TestModels.MatMul.Name, Cancellation));
            binding.Run(Cancellation);
            ModelValueAssert.Same(expected, binding.Outputs);
        }

        // What the other one gave belongs to a session that is gone, and stays readable until it is disposed.
        ModelValueAssert.Same(expected, left.Outputs);
    }

    [Fact]
    public async Task Run_Cancelled_ThrowsAndTheNextRunSucceeds()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = lease.Bind(TestModels.Add.CreateInputs());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => binding.Run(cancelled.Token));
        binding.Run(Cancellation);

        Assert.Equal([11f, 22f], binding.Outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task Run_WhileItRunsOnAnotherThread_IsRefused()
    {
        var provider = new FakeProvider();
        provider.LetLoadsEnd();
        await using var test = TestRuntime.On(provider);
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = lease.Bind(TestModels.Add.CreateInputs());
        var session = Assert.Single(provider.Sessions);
        session.HoldRuns();
        var running = Task.Run(() => binding.Run(Cancellation), Cancellation);
        await session.RunStarted.WaitAsync(Cancellation);

        Assert.Throws<InvalidOperationException>(() => binding.Run(Cancellation));
        Assert.Throws<InvalidOperationException>(binding.Dispose);
        session.LetRunsEnd();
        await running;
        binding.Run(Cancellation);
        Assert.Equal(["y"], binding.Outputs.Keys);
    }

    private static Dictionary<string, TensorValue> Outputs(string name, TensorValue tensor) => new() { [name] = tensor };

    private static long AllocatedBy(IModelBinding binding)
    {
        binding.Run(CancellationToken.None);
        binding.Run(CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            binding.Run(CancellationToken.None);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
