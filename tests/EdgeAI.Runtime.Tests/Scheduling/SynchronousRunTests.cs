using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>Runs with options, for callers that block.</summary>
public sealed class SynchronousRunTests : IDisposable
{
    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _started = new(0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Options_GoWhereAndWhenTheySay(bool isBatched)
    {
        await using var test = Start();
        await test.ImportAsync(TestModels.Mlp);
        await using var lease = await test.Runtime.Engine.LoadAsync(
            TestModels.Mlp.Name, isBatched ? new ModelLoadOptions { Device = "cpu:0", Batching = new BatchingOptions { MaxBatchSize = 8 } } : null, Cancellation);
        using var expected = await lease.RunAsync(TestModels.Mlp.CreateInputs(), new ModelRunOptions { Device = "cpu:0" }, Cancellation);

        using var run = lease.Run(TestModels.Mlp.CreateInputs(), new ModelRunOptions { Device = "cpu:0", Priority = RunPriority.High }, Cancellation);
        using var tried = lease.TryRun(TestModels.Mlp.CreateInputs(), new ModelRunOptions { PowerPolicy = PowerPolicy.CpuOnly }, Cancellation);
        Assert.Throws<DeviceUnavailableException>(() => lease.Run(TestModels.Mlp.CreateInputs(), new ModelRunOptions { Device = "gpu:0" }, Cancellation));
        Assert.Throws<InvalidModelInputException>(() => lease.TryRun(new ModelInputs(), null, Cancellation));

        Assert.Equal(expected[0].AsTensor().ToArray<float>(), run[0].AsTensor().ToArray<float>());
        Assert.Equal(expected[0].AsTensor().ToArray<float>(), tried![0].AsTensor().ToArray<float>());
        Assert.Equal(0, _npu.Runs);
    }

    [Fact]
    public async Task TryRun_FullQueue_AnswersAtOnce()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var onNpu = new ModelRunOptions { Device = "npu:0" };
        _npu.OnRun = (_, _) =>
        {
            _started.Release();
            _gate.Wait(Cancellation);
            return TestProvider.Sum(33);
        };
        var running = Task.Run(() => lease.Run(TestModels.Add.CreateInputs(), onNpu, Cancellation), Cancellation);
        await _started.WaitAsync(Cancellation);
        var waiting = lease.RunAsync(TestModels.Add.CreateInputs(), onNpu, Cancellation).AsTask();

        Assert.Null(lease.TryRun(TestModels.Add.CreateInputs(), onNpu, Cancellation));

        _gate.Set();
        (await running).Dispose();
        (await waiting).Dispose();
        using var outputs = lease.TryRun(TestModels.Add.CreateInputs(), onNpu, Cancellation);
        Assert.NotNull(outputs);
    }

    [Fact]
    public async Task Run_Deadline_StopsTheRun()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        var options = new ModelRunOptions { Device = "npu:0", Deadline = TimeSpan.FromSeconds(1) };
        _npu.OnRun = (_, token) =>
        {
            _started.Release();
            token.WaitHandle.WaitOne();
            throw new OperationCanceledException(token);
        };

        var running = Task.Run(() => lease.Run(TestModels.Add.CreateInputs(), options, Cancellation), Cancellation);
        await _started.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<RunDeadlineException>(() => running);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _started.Dispose();
    }

    private TestRuntime Start() => new(
        options => options.Inference.Devices["npu:0"] = new DeviceOptions { MaxConcurrentRuns = 1, QueueLength = 1 },
        builder => builder.Services.AddSingleton<IExecutionProvider>(_npu).AddSingleton<TimeProvider>(_time));
}
