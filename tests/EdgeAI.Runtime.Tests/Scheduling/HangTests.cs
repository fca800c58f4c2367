using System.Buffers;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>Runs that don't heed their tokens, until the test releases them.</summary>
public sealed class HangTests : IDisposable
{
    private static readonly TimeSpan RunTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.1);

    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly List<DeviceFault> _faults = [];
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _hanging = new(0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ExecutionDevice Npu => _npu.Devices[0];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_HangsForGood_TheNextDeviceAnswersAndTheHungOneIsLeftAlone(bool isBlocking)
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        await using var other = await test.LoadAsync(TestModels.AddOne);
        _npu.OnRun = Hang;

        var running = isBlocking ? Task.Run(() => Text(lease.Run(TestModels.Add.CreateInputs(), Cancellation)), Cancellation) : RunAsync(lease);
        await UntilLeftAsync(test);

        Assert.Equal("11 22", await running);
        Assert.Contains("left to itself", Assert.Single(_faults).Error.Message, StringComparison.Ordinal);
        Assert.Contains("1 run(s) hang there", Status(test).Reason, StringComparison.Ordinal);

        // For all models, as long as it hangs.
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(Status(test).IsUsable);
        other.Run(TestModels.AddOne.CreateInputs(), Cancellation).Dispose();
        Assert.Equal(1, _npu.Runs);

        _gate.Set();
        await SizedModels.UntilAsync(() => Status(test).IsUsable);
        Assert.Equal("33 33", await RunAsync(lease, "npu:0"));
    }

    [Fact]
    public async Task Run_HangsOnTheOnlyDevice_IsTheCallersExceptionAndTheMemoryStays()
    {
        await using var test = Start(withProcessor: false, keepAlive: TimeSpan.Zero);
        var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;

        var running = RunAsync(lease);
        await UntilLeftAsync(test);
        var exception = await Assert.ThrowsAsync<InferenceException>(() => running);
        Assert.Contains("RunTimeout", exception.Message, StringComparison.Ordinal);

        // A device that hangs is still asked where there is no other.
        _npu.OnRun = (_, _) => TestProvider.Sum(44);
        Assert.Equal("44 44", await RunAsync(lease));

        // The last lease is gone, and the model would leave, but for the run.
        await lease.DisposeAsync();
        Assert.Equal((0, LoadedModelState.Loaded), (_npu.Closed, Assert.Single(test.Runtime.Engine.GetMemory().Models).State));
        _gate.Set();
        await SizedModels.UntilAsync(() => _npu.Closed == 1 && test.Runtime.Engine.GetMemory().Models.Count == 0);
    }

    [Fact]
    public async Task Run_EveryTurnOfTheDeviceHangs_SendsThoseAwayWhoWait()
    {
        await using var test = Start(withProcessor: false, turns: 1);
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;
        var running = RunAsync(lease);
        await _hanging.WaitAsync(Cancellation);
        var waiting = Enumerable.Range(0, 3).Select(_ => RunAsync(lease)).ToArray();

        _hanging.Release();
        await UntilLeftAsync(test);

        // The slot is nobody's: neither of those who wait nor of those who come.
        await Assert.ThrowsAsync<InferenceException>(() => running);
        foreach (var waiter in waiting.Append(RunAsync(lease)))
        {
            Assert.IsType<TimeoutException>((await Assert.ThrowsAsync<InferenceException>(() => waiter)).InnerException);
        }

        Assert.Equal(1, _npu.Runs);
        _gate.Set();
        await SizedModels.UntilAsync(() => Status(test).IsUsable);
        _npu.OnRun = (_, _) => TestProvider.Sum(44);
        Assert.Equal("44 44", await RunAsync(lease));
    }

    [Fact]
    public async Task Run_CancelledAndNotHeeded_GivesTheCallerItsCancellation()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;
        using var cancellation = new CancellationTokenSource();
        var running = lease.RunAsync(TestModels.Add.CreateInputs(), cancellation.Token).AsTask();
        await _hanging.WaitAsync(Cancellation);

        await cancellation.CancelAsync();
        _hanging.Release();
        await UntilLeftAsync(test);

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.Empty(_faults);
        Assert.False(Status(test).IsUsable);
        _gate.Set();
        await SizedModels.UntilAsync(() => Status(test).IsUsable);
    }

    [Fact]
    public async Task Run_OutputsThatComeTooLate_AreGivenBack()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var late = TensorValue.FromOwner(ElementType.Float32, MemoryPool<byte>.Shared.Rent(8), 2);
        _npu.OnRun = (inputs, token) =>
        {
            Hang(inputs, token);
            return new ModelOutputs(["y"], [late]);
        };

        var running = RunAsync(lease);
        await UntilLeftAsync(test);
        await running;
        Assert.Equal(2, late.AsSpan<float>().Length);
        _gate.Set();

        await SizedModels.UntilAsync(() => Record.Exception(() => late.AsSpan<float>().Length) is ObjectDisposedException && Status(test).IsUsable);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposeAsync_WhileARunHangs_Ends(bool isSwappedOut)
    {
        var test = Start(withProcessor: false);
        var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = Hang;
        var running = RunAsync(lease);
        await UntilLeftAsync(test);
        await Assert.ThrowsAsync<InferenceException>(() => running);
        await lease.DisposeAsync();
        var swap = isSwappedOut ? test.Runtime.Engine.SwapOutAsync("add", CancellationToken.None).AsTask() : Task.CompletedTask;
        await SizedModels.UntilAsync(() => !isSwappedOut || test.Runtime.Engine.GetMemory().Models[0].State == LoadedModelState.Leaving);

        var disposing = test.DisposeAsync().AsTask();
        if (isSwappedOut)
        {
            await SizedModels.UntilAsync(() => Advanced(disposing));
        }

        await disposing;
        Assert.Equal(0, _npu.Closed);
        _gate.Set();
        await swap;
        await SizedModels.UntilAsync(() => _npu.Closed == 1);
    }

    [Fact]
    public async Task DisposeAsync_WhileALoadHangs_Ends()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _npu.LoadGate = gate.Task;
        var test = Start(withProcessor: false);
        await test.ImportAsync(TestModels.Add);
        var loading = test.Runtime.Engine.LoadAsync("add", CancellationToken.None).AsTask();
        await SizedModels.UntilAsync(() => _npu.Loads == 1);

        var disposing = test.DisposeAsync().AsTask();
        await SizedModels.UntilAsync(() => Advanced(disposing));
        await disposing;
        gate.SetResult();

        // It came after all, and leaves with its caller.
        await (await loading).DisposeAsync();
        await SizedModels.UntilAsync(() => _npu.Closed == 1);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _hanging.Dispose();
    }

    private static async Task<string> RunAsync(IModelLease lease, string? device = null) =>
        Text(await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { Device = device }, Cancellation));

    private static string Text(ModelOutputs outputs)
    {
        using (outputs)
        {
            return string.Join(' ', outputs.GetTensor("y").ToArray<float>());
        }
    }

    // No further than needed: the run that comes next has a time-out too.
    private async Task UntilLeftAsync(TestRuntime test)
    {
        await _hanging.WaitAsync(Cancellation);
        _time.Advance(RunTimeout);
        await SizedModels.UntilAsync(() =>
        {
            var isLeft = !Status(test).IsUsable;
            _time.Advance(isLeft ? TimeSpan.Zero : Step);
            return isLeft;
        });
    }

    private bool Advanced(Task running)
    {
        _time.Advance(Step);
        return running.IsCompleted;
    }

    private DeviceStatus Status(TestRuntime test) => test.Runtime.Engine.Devices.Single(status => status.Device == Npu);

    private ModelOutputs Hang(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        _hanging.Release();
        _gate.Wait(CancellationToken.None);
        return TestProvider.Sum(33);
    }

    private TestRuntime Start(bool withProcessor = true, int turns = 0, TimeSpan? keepAlive = null)
    {
        var test = new TestRuntime(
            options =>
            {
                options.Inference.RunTimeout = RunTimeout;
                options.Memory.PressureInterval = TimeSpan.Zero;
                options.Inference.KeepAlive = keepAlive ?? Timeout.InfiniteTimeSpan;
                options.Inference.Devices["cpu:0"] = new DeviceOptions { IsEnabled = withProcessor };
                options.Inference.Devices["npu:0"] = new DeviceOptions { MaxConcurrentRuns = turns };
            },
            builder => builder.Services.AddSingleton<IExecutionProvider>(_npu).AddSingleton<TimeProvider>(_time));
        test.Runtime.Engine.DeviceFailed += _faults.Add;
        return test;
    }
}
