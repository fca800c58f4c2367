using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Providers.Plugin;

public sealed class PluginProviderTests : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await PluginLibrary.BuildAsync(Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Devices_PluginLibrary_IsFoundAndExplained()
    {
        await using var test = Start();

        Assert.Equal(["matmul:0", "cpu:0"], test.Runtime.Engine.Devices.Where(device => device.IsUsable).Select(device => device.Device.ToString()));
        Assert.Equal(DeviceKind.Npu, test.Runtime.Engine.Devices[0].Device.Kind);

        // Another engine of the process did not ask for it.
        await using var plain = new TestRuntime();
        Assert.Equal(["cpu:0"], plain.Runtime.Engine.Devices.Where(device => device.IsUsable).Select(device => device.Device.ToString()));
    }

    [Fact]
    public async Task Devices_LibraryThatIsNotThere_SaysWhy()
    {
        await using var test = new TestRuntime(options => options.Inference.ProviderLibraries["absent"] = Path.GetFullPath("absent.so"));

        var status = Assert.Single(test.Runtime.Engine.Devices, device => device.Device.Provider == "absent");
        Assert.False(status.IsUsable);
        Assert.Contains("absent.so", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OnEachDevice_SharesTheModelAndGivesTheSame()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        var inputs = TestModels.MatMul.CreateInputs();
        using var onPlugin = await lease.RunAsync(inputs, new ModelRunOptions { Device = "matmul:0" }, Cancellation);
        using var onCpu = await lease.RunAsync(inputs, new ModelRunOptions { PowerPolicy = PowerPolicy.CpuOnly }, Cancellation);

        // They add in another order.
        ModelValueAssert.Close(onCpu, onPlugin, 1e-4);
        Assert.Equal("matmul:0", lease.Device.ToString());
        Assert.Equal(["cpu:0", "matmul:0"], test.Runtime.Engine.GetMemory().Models.Select(model => $"{model.Device}").Order());

        Assert.True(await test.Runtime.Engine.SwapOutAsync(TestModels.MatMul.Name, Cancellation));
        using var again = await lease.RunAsync(inputs, new ModelRunOptions { Device = "matmul:0" }, Cancellation);
        ModelValueAssert.Same(onPlugin, again);
    }

    private static TestRuntime Start() => new(options => options.Inference.ProviderLibraries[PluginLibrary.Name] = PluginLibrary.Path);
}
