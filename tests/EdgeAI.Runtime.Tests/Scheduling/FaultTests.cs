using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

public sealed class FaultTests
{
    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly List<DeviceFault> _faults = [];
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoadAsync_DeviceThatThrows_GoesToTheNextAndTells()
    {
        _npu.LoadFailure = new ModelLoadException("add", "npu:0", "It is broken.");
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);

        var fault = Assert.Single(_faults);
        Assert.Equal(("cpu:0", "npu:0", "cpu:0"), (lease.Device.ToString(), fault.Device.ToString(), fault.Next.ToString()));
        Assert.Equal("11 22", await YAsync(lease));

        // The device is left alone for that model.
        await using var again = await test.Runtime.Engine.LoadAsync("add", Cancellation);
        Assert.Equal(1, _npu.Loads);
    }

    [Fact]
    public async Task LoadAsync_FallbackForbidden_IsTheCallersException()
    {
        _npu.LoadFailure = new ModelLoadException("add", "npu:0", "It is broken.");
        await using var test = Start(options => options.AllowFallback = false);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(() => test.LoadAsync(TestModels.Add));

        Assert.Equal("npu:0", exception.Device);
        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_DeviceRemovedInMidRun_TheNextOneAnswers(bool isTyped)
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        Assert.Equal("33 33", await YAsync(lease));
        _npu.OnRun = (_, _) => throw (isTyped ? new InferenceException("add", "npu:0", "The device is gone.") : new InvalidOperationException("The device is gone."));

        Assert.Equal("11 22", await YAsync(lease));
        Assert.Equal("11 22", await YAsync(lease));

        Assert.Equal(2, _npu.Runs);
        Assert.Equal("npu:0", Assert.Single(_faults).Device.ToString());
    }

    [Fact]
    public async Task RunAsync_EveryDeviceFails_TellsTheFirstAndBlamesNone()
    {
        await using var test = Start(options => options.PowerPolicy = PowerPolicy.Efficient);
        await using var lease = await test.LoadAsync(TestModels.Gather);
        _npu.OnRun = (_, _) => throw new InferenceException("gather", "npu:0", "No such index.");
        var inputs = TestModels.GatherInputs(3);

        for (var i = 0; i < 4; i++)
        {
            var exception = await Assert.ThrowsAsync<InferenceException>(async () => await lease.RunAsync(inputs, Cancellation));
            Assert.Equal("npu:0", exception.Device);
        }

        // A bad input is no device's fault: the device was asked each time.
        Assert.Equal(4, _npu.Runs);
        Assert.All(test.Runtime.Engine.Devices, device => Assert.True(device.IsUsable));
    }

    [Fact]
    public async Task RunAsync_NamedDeviceThatFails_DoesNotGoElsewhere()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => throw new InferenceException("add", "npu:0", "The device is gone.");

        var exception = await Assert.ThrowsAsync<InferenceException>(
            async () => await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { Device = "npu:0" }, Cancellation));

        Assert.Equal("npu:0", exception.Device);
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task RunAsync_RunThatHangs_IsStoppedAndTheNextDeviceAnswers()
    {
        await using var test = Start(options => options.RunTimeout = TimeSpan.FromSeconds(1));
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;
        var running = YAsync(lease);
        await _hanging.Task.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("11 22", await running);

        Assert.Contains("RunTimeout", Assert.Single(_faults).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DeadlineWhileRunning_StopsTheRun()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;
        var options = new ModelRunOptions { Deadline = TimeSpan.FromSeconds(1) };

        var running = lease.RunAsync(TestModels.Add.CreateInputs(), options, Cancellation).AsTask();
        await _hanging.Task.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        var exception = await Assert.ThrowsAsync<RunDeadlineException>(() => running);

        Assert.Equal(("add:latest", options.Deadline), (exception.Model, exception.Deadline));
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task RunAsync_DeviceThatIsNotThere_NamesThoseThatAre()
    {
        await using var test = Start(options => options.Devices["npu:0"] = new() { IsEnabled = false });
        await using var lease = await test.LoadAsync(TestModels.Add);

        var exception = await Assert.ThrowsAsync<DeviceUnavailableException>(
            async () => await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { Device = "npu:0" }, Cancellation));

        Assert.Equal(["cpu:0"], exception.Devices);
        var status = Assert.Single(test.Runtime.Engine.Devices, device => !device.IsUsable);
        Assert.Equal(("npu:0", "It is switched off in the options (Inference:Devices)."), (status.Device.ToString(), status.Reason));
    }

    private ModelOutputs Hang(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        _hanging.TrySetResult();
        cancellationToken.WaitHandle.WaitOne();
        throw new OperationCanceledException(cancellationToken);
    }

    private static async Task<string> YAsync(IModelLease lease)
    {
        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
        return string.Join(' ', outputs.GetTensor("y").ToArray<float>());
    }

    private TestRuntime Start(Action<Configuration.InferenceOptions>? configure = null)
    {
        var test = new TestRuntime(options => configure?.Invoke(options.Inference), builder => builder.Services.AddSingleton<IExecutionProvider>(_npu).AddSingleton<TimeProvider>(_time));
        test.Runtime.Engine.DeviceFailed += _faults.Add;
        return test;
    }
}
