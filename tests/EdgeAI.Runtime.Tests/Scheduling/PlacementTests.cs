using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>Where requests go when there is a choice, and what happens when there is no room.</summary>
public sealed class PlacementTests
{
    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly TestProvider _gpu = new("gpu", DeviceKind.Gpu);
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_FirstDeviceBusy_GoesToTheOtherAndStaysWhereItIsFaster()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => Take(TimeSpan.FromMilliseconds(100), 1);
        _gpu.OnRun = (_, _) => Take(TimeSpan.FromMilliseconds(10), 2);
        Assert.Equal(1, await RunAsync(lease));
        _npu.OnRun = Hold;
        var held = RunAsync(lease);
        await _started.Task.WaitAsync(Cancellation);

        Assert.Equal(2, await RunAsync(lease));
        _mayEnd.SetResult();
        Assert.Equal(1, await held);

        // Both are idle now, and one of them was measured to be quicker.
        Assert.Equal(2, await RunAsync(lease));
        Assert.Equal((2, 2), (_npu.Runs, _gpu.Runs));
    }

    [Theory]
    [InlineData(PowerPolicy.Efficient, "npu:0")]
    [InlineData(PowerPolicy.CpuOnly, "cpu:0")]
    public async Task LoadAsync_PolicyOfTheEngine_ChoosesTheKindOfDevice(PowerPolicy policy, string device)
    {
        // Registered in the order that the policy has to turn round.
        await using var test = new TestRuntime(
            options => options.Inference.PowerPolicy = policy,
            builder => builder.Services.AddSingleton<IExecutionProvider>(_gpu).AddSingleton<IExecutionProvider>(_npu));

        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal(device, lease.Device.ToString());
    }

    [Fact]
    public async Task RunAsync_NamedDevice_GoesThereWhateverIsFaster()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);

        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { Device = "cpu:0" }, Cancellation);

        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
        Assert.Equal((0, 0), (_npu.Runs, _gpu.Runs));
    }

    [Fact]
    public async Task LoadAsync_PauseOfAFailedDeviceIsOver_TriesItAgain()
    {
        _npu.LoadFailure = new ModelLoadException("add", "npu:0", "It is warming up.");
        await using var test = Start();
        await using (var first = await test.LoadAsync(TestModels.Add))
        {
            Assert.Equal("gpu:0", first.Device.ToString());
        }

        _npu.LoadFailure = null;
        await using (var early = await test.Runtime.Engine.LoadAsync("add", Cancellation))
        {
            Assert.Equal("gpu:0", early.Device.ToString());
        }

        _time.Advance(TimeSpan.FromSeconds(31));
        await using var late = await test.Runtime.Engine.LoadAsync("add", Cancellation);

        Assert.Equal("npu:0", late.Device.ToString());
    }

    [Fact]
    public async Task RunAsync_DeviceThatFailsThriceInARow_IsOutForEveryModelUntilItsPauseIsOver()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => throw new InvalidOperationException("It lost its power.");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(33, await RunAsync(lease));
            _time.Advance(TimeSpan.FromMinutes(11));
        }

        Assert.Equal(3, _npu.Runs);
        var status = test.Runtime.Engine.Devices.Single(device => device.Device.ToString() == "npu:0");
        Assert.True(status.IsUsable, status.Reason);
        Assert.Equal(33, await RunAsync(lease));
        status = test.Runtime.Engine.Devices.Single(device => device.Device.ToString() == "npu:0");
        Assert.False(status.IsUsable);
        Assert.Contains("It lost its power.", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryRunAsync_QueueIsFull_AnswersAtOnce()
    {
        await using var test = new TestRuntime(
            options => options.Inference.Devices["npu:0"] = new() { MaxConcurrentRuns = 1, QueueLength = 0 },
            builder => builder.Services.AddSingleton<IExecutionProvider>(_npu));
        await using var lease = await test.LoadAsync(TestModels.Add);
        var only = new ModelRunOptions { Device = "npu:0" };
        _npu.OnRun = Hold;
        var held = lease.RunAsync(TestModels.Add.CreateInputs(), only, Cancellation).AsTask();
        await _started.Task.WaitAsync(Cancellation);

        Assert.Null(await lease.TryRunAsync(TestModels.Add.CreateInputs(), only, Cancellation));
        _mayEnd.SetResult();
        (await held).Dispose();
        using var outputs = await lease.TryRunAsync(TestModels.Add.CreateInputs(), only, Cancellation);

        Assert.NotNull(outputs);
    }

    private static async Task<float> RunAsync(IModelLease lease)
    {
        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
        return outputs.GetTensor("y").AsSpan<float>()[0];
    }

    private ModelOutputs Take(TimeSpan time, float value)
    {
        _time.Advance(time);
        return TestProvider.Sum(value);
    }

    private ModelOutputs Hold(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        _started.TrySetResult();
        _mayEnd.Task.Wait(cancellationToken);
        return TestProvider.Sum(1);
    }

    private TestRuntime Start() => new(
        build: builder => builder.Services.AddSingleton<IExecutionProvider>(_npu).AddSingleton<IExecutionProvider>(_gpu).AddSingleton<TimeProvider>(_time));
}
