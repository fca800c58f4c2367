using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>Bindings in queues, late, and on devices that fail.</summary>
public sealed class BindingFaultTests : IDisposable
{
    private const int Runs = 1000;
    private static readonly TimeSpan RunTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.1);

    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly List<DeviceFault> _faults = [];
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _started = new(0);
    private readonly float[] _y = new float[2];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_DeviceFails_BindsOnTheNextAndGoesBackLater(bool isThrown)
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = Bind(lease);
        binding.Run(Cancellation);
        Assert.Equal([33f, 33f], _y);
        _npu.OnRun = (_, _) => isThrown
            ? throw new InferenceException("add", "npu:0", "The device is gone.")
            : new ModelOutputs(["y"], [TensorValue.Create(new double[2], 2)]);

        binding.Run(Cancellation);
        binding.Run(Cancellation);

        Assert.Equal([11f, 22f], _y);
        Assert.Equal((2, "npu:0", "cpu:0"), (_npu.Runs, Assert.Single(_faults).Device.ToString(), _faults[0].Next.ToString()));

        _npu.OnRun = (_, _) => TestProvider.Sum(44);
        _time.Advance(TimeSpan.FromMinutes(1));
        binding.Run(Cancellation);
        Assert.Equal([44f, 44f], _y);
    }

    [Fact]
    public async Task Run_EveryDeviceFails_TellsTheFirstAndTheBindingLivesOn()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Gather);
        _npu.OnRun = (_, _) => throw new InferenceException("gather", "npu:0", "No such index.");
        using var binding = lease.Bind(TestModels.GatherInputs(3));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("npu:0", Assert.Throws<InferenceException>(() => binding.Run(Cancellation)).Device);
        }

        Assert.Equal(3, _npu.Runs);
        Assert.All(test.Runtime.Engine.Devices, device => Assert.True(device.IsUsable));
    }

    [Fact]
    public async Task Run_NamedDevice_GoesThereAndNowhereElse()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = Bind(lease);

        binding.Run(new ModelRunOptions { Device = "cpu:0" }, Cancellation);
        Assert.Equal([11f, 22f], _y);
        binding.Run(new ModelRunOptions { PowerPolicy = PowerPolicy.CpuOnly }, Cancellation);
        Assert.Equal(0, _npu.Runs);
        _npu.OnRun = (_, _) => throw new InferenceException("add", "npu:0", "The device is gone.");
        Assert.Throws<InferenceException>(() => binding.Run(new ModelRunOptions { Device = "npu:0" }, Cancellation));
        Assert.Throws<DeviceUnavailableException>(() => binding.Run(new ModelRunOptions { Device = "gpu:0" }, Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => binding.Run(new ModelRunOptions { Deadline = TimeSpan.Zero }, Cancellation));

        Assert.Empty(_faults);
    }

    [Fact]
    public async Task Run_Deadline_StopsTheRun()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = Bind(lease);
        _npu.OnRun = (_, token) =>
        {
            _started.Release();
            token.WaitHandle.WaitOne();
            throw new OperationCanceledException(token);
        };

        var running = Task.Run(() => binding.Run(new ModelRunOptions { Deadline = Step }, Cancellation), Cancellation);
        await _started.WaitAsync(Cancellation);
        _time.Advance(Step);

        await Assert.ThrowsAsync<RunDeadlineException>(() => running);
        _npu.OnRun = (_, _) => TestProvider.Sum(33);
        binding.Run(Cancellation);
    }

    [Fact]
    public async Task Run_HigherPriority_ComesFirst()
    {
        await using var test = Start(turns: 1);
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var first = lease.Bind(TestModels.Add.CreateInputs());
        using var low = lease.Bind(Inputs(1));
        using var high = lease.Bind(Inputs(2));
        var order = new List<float>();
        _npu.OnRun = (inputs, _) =>
        {
            _started.Release();
            _gate.Wait(Cancellation);
            order.Add(inputs["a"].AsTensor().AsSpan<float>()[1]);
            return TestProvider.Sum(33);
        };

        var onNpu = new ModelRunOptions { Device = "npu:0" };
        var running = Task.Run(() => first.Run(onNpu, Cancellation), Cancellation);
        await _started.WaitAsync(Cancellation);
        var waitingLow = Task.Run(() => low.Run(onNpu with { Priority = RunPriority.Low }, Cancellation), Cancellation);
        await UntilWaitingAsync(test, 1);
        var waitingHigh = Task.Run(() => high.Run(onNpu with { Priority = RunPriority.High }, Cancellation), Cancellation);
        await UntilWaitingAsync(test, 2);
        _gate.Set();
        await Task.WhenAll(running, waitingLow, waitingHigh);

        Assert.Equal([2f, 20f, 10f], order);
    }

    [Fact]
    public async Task Run_Hangs_IsLeftAndTheBindingWaitsForItsEnd()
    {
        await using var test = Start(options => options.RunTimeout = RunTimeout);
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = Bind(lease);
        await HangAsync(test, binding);

        Assert.Contains("hangs", Assert.Throws<InvalidOperationException>(() => binding.Run(Cancellation)).Message, StringComparison.Ordinal);
        using (var other = lease.Bind(TestModels.Add.CreateInputs()))
        {
            other.Run(Cancellation);
            Assert.Equal([11f, 22f], other.Outputs.GetTensor("y").ToArray<float>());
        }

        _npu.OnRun = (_, _) => TestProvider.Sum(44);
        _gate.Set();
        await SizedModels.UntilAsync(() => Record.Exception(() => binding.Run(Cancellation)) is null);
        Assert.Equal([44f, 44f], _y);
    }

    [Fact]
    public async Task Dispose_WhileItsRunHangs_LetsTheModelGoWhenItEnds()
    {
        await using var test = Start(options => (options.RunTimeout, options.KeepAlive) = (RunTimeout, TimeSpan.Zero));
        var lease = await test.LoadAsync(TestModels.Add);
        var binding = Bind(lease);
        await HangAsync(test, binding);

        binding.Dispose();
        await lease.DisposeAsync();
        Assert.Equal(0, _npu.Closed);
        Assert.Throws<ObjectDisposedException>(() => binding.Run(Cancellation));
        _gate.Set();

        await SizedModels.UntilAsync(() => _npu.Closed == 1 && test.Runtime.Engine.GetMemory().Models.Count == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Run_RepeatedlyBesideAnotherDevice_AllocatesNothing(int turns)
    {
        await using var test = Start(turns: turns);
        await using var lease = await test.Runtime.Engine.LoadAsync(
            await ImportAsync(test, TestModels.Mlp), new ModelLoadOptions { Device = "cpu:0" }, Cancellation);
        using var binding = lease.Bind(TestModels.Mlp.CreateInputs());
        var urgent = new ModelRunOptions { Priority = RunPriority.High };
        for (var i = 0; i < 2; i++)
        {
            binding.Run(CancellationToken.None);
            binding.Run(urgent, CancellationToken.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            binding.Run(CancellationToken.None);
            binding.Run(urgent, CancellationToken.None);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _started.Dispose();
    }

    private static async Task<string> ImportAsync(TestRuntime test, TestModel model)
    {
        await test.ImportAsync(model);
        return model.Name;
    }

    private static ModelInputs Inputs(float scale) => new()
    {
        ["a"] = TensorValue.Create(new[] { scale, 10 * scale }, 2),
        ["b"] = TensorValue.Create(new float[2], 2),
    };

    private static Task UntilWaitingAsync(TestRuntime test, int count) =>
        SizedModels.UntilAsync(() => ((EdgeAI.Loading.InferenceEngine)test.Runtime.Engine).WaitingRuns == count);

    private IModelBinding Bind(IModelLease lease) =>
        lease.Bind(TestModels.Add.CreateInputs(), new Dictionary<string, TensorValue> { ["y"] = TensorValue.Create(_y, 2) });

    private async Task HangAsync(TestRuntime test, IModelBinding binding)
    {
        _npu.OnRun = (_, _) =>
        {
            _started.Release();
            _gate.Wait(CancellationToken.None);
            return TestProvider.Sum(33);
        };
        var running = Task.Run(() => binding.Run(Cancellation), Cancellation);
        await _started.WaitAsync(Cancellation);
        _time.Advance(RunTimeout);
        await SizedModels.UntilAsync(() =>
        {
            _time.Advance(Step);
            return running.IsCompleted;
        });
        await Assert.ThrowsAsync<InferenceException>(() => running);
        Assert.False(test.Runtime.Engine.Devices.Single(status => status.Device.Provider == "npu").IsUsable);
        Assert.Empty(_faults);
    }

    private TestRuntime Start(Action<InferenceOptions>? configure = null, int turns = 0)
    {
        var test = new TestRuntime(
            options =>
            {
                options.Memory.PressureInterval = TimeSpan.Zero;
                options.Inference.Devices["npu:0"] = new DeviceOptions { MaxConcurrentRuns = turns };
                options.Inference.Devices["cpu:0"] = new DeviceOptions { MaxConcurrentRuns = turns };
                configure?.Invoke(options.Inference);
            },
            builder => builder.Services.AddSingleton<IExecutionProvider>(_npu).AddSingleton<TimeProvider>(_time));
        test.Runtime.Engine.DeviceFailed += _faults.Add;
        return test;
    }
}
