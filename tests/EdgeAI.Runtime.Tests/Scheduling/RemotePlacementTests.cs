using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>Whether, and when, work leaves the machine.</summary>
public sealed class RemotePlacementTests
{
    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly TestProvider _cluster = new("cluster", DeviceKind.Remote);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RemotePolicy.LocalFirst, "npu:0")]
    [InlineData(RemotePolicy.LocalOnly, "npu:0")]
    [InlineData(RemotePolicy.Fastest, "npu:0")]
    [InlineData(RemotePolicy.RemoteFirst, "cluster:0")]
    [InlineData(RemotePolicy.RemoteOnly, "cluster:0")]
    public async Task LoadAsync_EachPolicy_LoadsOnThePreferredSide(RemotePolicy policy, string device)
    {
        await using var test = Start(policy);

        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal(device, lease.Device.ToString());
    }

    [Fact]
    public async Task RunAsync_Fastest_TriesTheClusterForWhatIsSlowHereAndAgainAfterAWhile()
    {
        await using var test = Start(RemotePolicy.Fastest);
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => Take(100, 1);
        _cluster.OnRun = (_, _) => Take(500, 2);
        Assert.Equal("1 2 1 1", await RunAsync(lease, 4));

        // A hundred times as long as it took.
        _time.Advance(TimeSpan.FromSeconds(51));
        _cluster.OnRun = (_, _) => Take(10, 2);

        Assert.Equal("2 2 2", await RunAsync(lease, 3));
    }

    [Fact]
    public async Task RunAsync_Fastest_LeavesWhatIsQuickHereHere()
    {
        await using var test = Start(RemotePolicy.Fastest);
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => Take(1, 1);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1, await RunAsync(lease));
        }

        Assert.Equal(0, _cluster.Runs);
    }

    [Fact]
    public async Task RunAsync_LocalFirst_GoesThereWhenEveryDeviceHereFailed()
    {
        await using var test = Start(RemotePolicy.LocalFirst, options => options.Devices["cpu:0"] = new() { IsEnabled = false });
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => throw new InferenceException("add", "npu:0", "It is broken.");
        _cluster.OnRun = (_, _) => TestProvider.Sum(2);

        Assert.Equal(2, await RunAsync(lease));
        await Assert.ThrowsAsync<InferenceException>(
            async () => await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { RemotePolicy = RemotePolicy.LocalOnly }, Cancellation));
    }

    [Fact]
    public async Task RunAsync_CpuOnly_NeverLeavesTheMachine()
    {
        await using var test = Start(RemotePolicy.RemoteFirst);
        await using var lease = await test.LoadAsync(TestModels.Add);

        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions { PowerPolicy = PowerPolicy.CpuOnly }, Cancellation);

        Assert.Equal(0, _cluster.Runs);
        await Assert.ThrowsAsync<DeviceUnavailableException>(async () => await lease.RunAsync(
            TestModels.Add.CreateInputs(), new ModelRunOptions { PowerPolicy = PowerPolicy.CpuOnly, RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation));
    }

    [Fact]
    public async Task OverrideRemotePolicy_Several_TheLatestHoldsAndEndsByItself()
    {
        await using var test = Start(RemotePolicy.LocalFirst);
        await using var lease = await test.LoadAsync(TestModels.Add);
        _npu.OnRun = (_, _) => TestProvider.Sum(1);
        _cluster.OnRun = (_, _) => TestProvider.Sum(2);
        var first = test.Runtime.Engine.OverrideRemotePolicy(RemotePolicy.RemoteFirst, "One rule holds.");
        var second = test.Runtime.Engine.OverrideRemotePolicy(RemotePolicy.LocalFirst, "Another rule holds.");
        Assert.Equal(1, await RunAsync(lease));

        second.Dispose();
        Assert.Equal(2, await RunAsync(lease));
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, await RunAsync(lease));
    }

    private static async Task<float> RunAsync(IModelLease lease)
    {
        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
        return outputs.GetTensor("y").AsSpan<float>()[0];
    }

    private static async Task<string> RunAsync(IModelLease lease, int times)
    {
        var results = new List<float>();
        for (var i = 0; i < times; i++)
        {
            results.Add(await RunAsync(lease));
        }

        return string.Join(' ', results);
    }

    private ModelOutputs Take(double milliseconds, float value)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return TestProvider.Sum(value);
    }

    private TestRuntime Start(RemotePolicy policy, Action<Configuration.InferenceOptions>? configure = null) => new(
        options =>
        {
            options.Inference.RemotePolicy = policy;
            configure?.Invoke(options.Inference);
        },
        builder => builder.Services.AddSingleton<IExecutionProvider>(_cluster).AddSingleton<IExecutionProvider>(_npu).AddSingleton<TimeProvider>(_time));
}
