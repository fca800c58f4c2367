using System.Diagnostics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Runtime.Tests.Providers.Plugin;
using EdgeAI.Runtime.Tests.Scheduling;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Runtime.Tests.Isolation;

/// <summary>Models in worker processes, as an app has them.</summary>
public sealed class IsolationTests
{
    // Of these the plugin's driver prints a line, or dies.
    private const float Printing = 1e30f;
    private const float Deadly = 2e30f;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_EveryModelOfTheCatalogue_GivesWhatOnnxRuntimeGives()
    {
        await using var test = Start(options => options.Inference.KeepAlive = TimeSpan.Zero);
        foreach (var model in TestModels.All)
        {
            await using var lease = await test.LoadAsync(model);
            using var expected = PlainRuntime.Run(model, model.CreateInputs());

            using var outputs = await lease.RunAsync(model.CreateInputs(), Cancellation);

            ModelValueAssert.Same(expected, outputs);
        }
    }

    [Fact]
    public async Task LoadAsync_OutOfProcess_CountsTheWorkersMemory()
    {
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);
        (await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation)).Dispose();

        var model = Assert.Single(test.Runtime.Engine.GetMemory().Models);

        // .NET and ONNX Runtime take more than this by themselves.
        Assert.True(model is { IsMeasured: true, Isolation: ModelIsolation.OutOfProcess, Memory.Private: > 1 << 20 }, $"{model}");
    }

    [Fact]
    public async Task LoadAsync_InAndOutOfProcess_AreTwoSessions()
    {
        await using var test = new TestRuntime(options => options.Models.Add(new ModelOptions { Name = TestModels.Add.Name, Isolation = ModelIsolation.OutOfProcess }));
        await using var outside = await test.LoadAsync(TestModels.Add);
        await using var inside = await test.Runtime.Engine.LoadAsync(TestModels.Add.Name, new ModelLoadOptions { Isolation = ModelIsolation.InProcess }, Cancellation);

        foreach (var lease in new[] { inside, outside })
        {
            using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
            Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
        }

        Assert.Equal(
            [ModelIsolation.InProcess, ModelIsolation.OutOfProcess],
            test.Runtime.Engine.GetMemory().Models.Select(model => model.Isolation).Order());
        Assert.True(await test.Runtime.Engine.SwapOutAsync(TestModels.Add.Name, Cancellation));
        Assert.Equal(default, test.Runtime.Engine.GetMemory().Reserved);
    }

    [Fact]
    public async Task LoadAsync_DeviceOfTheAppsOwnProvider_IsPassedOver()
    {
        await using var test = TestRuntime.On(new TestProvider("npu", DeviceKind.Npu), options => options.Inference.Isolation = ModelIsolation.OutOfProcess);

        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal("cpu:0", lease.Device.ToString());
        var exception = await Assert.ThrowsAsync<DeviceUnavailableException>(
            async () => await test.Runtime.Engine.LoadAsync(TestModels.Add.Name, new ModelLoadOptions { Device = "npu:0" }, Cancellation));
        Assert.Contains("out of process", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DriverThatAborts_LeavesTheAppAndItsOtherModels()
    {
        await using var test = await StartWithPluginAsync();
        await using var other = await test.LoadAsync(TestModels.Add);
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        var onPlugin = new ModelRunOptions { Device = "matmul:0" };

        var died = await Assert.ThrowsAsync<ModelWorkerException>(async () => await lease.RunAsync(InputsOf(Deadly), onPlugin, Cancellation));

        Assert.Equal((128 + 6, TimeSpan.Zero, "matmul:0"), (died.ExitCode, died.RetryAfter, died.Device));
        using var outputs = await lease.RunAsync(InputsOf(1), onPlugin, Cancellation);
        using var others = await other.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
        Assert.Equal([11f, 22f], others.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task RunAsync_DriverThatAborts_TheNextDeviceAnswersAndTheAppIsTold()
    {
        await using var test = await StartWithPluginAsync();
        List<DeviceFault> faults = [];
        test.Runtime.Engine.DeviceFailed += faults.Add;
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        Assert.Equal("matmul:0", lease.Device.ToString());

        using var outputs = await lease.RunAsync(InputsOf(Deadly), Cancellation);

        using var expected = PlainRuntime.Run(TestModels.MatMul, InputsOf(Deadly));
        ModelValueAssert.Close(expected, outputs, 1e-4);
        var fault = Assert.Single(faults);
        Assert.Equal(("matmul:0", "cpu:0"), (fault.Device.ToString(), fault.Next.ToString()));
        Assert.IsType<ModelWorkerException>(fault.Error);
    }

    [Fact]
    public async Task RunAsync_DriverThatPrints_GivesItsOutputs()
    {
        await using var test = await StartWithPluginAsync();
        await using var lease = await test.LoadAsync(TestModels.MatMul);

        using var outputs = await lease.RunAsync(InputsOf(Printing), new ModelRunOptions { Device = "matmul:0" }, Cancellation);

        using var expected = PlainRuntime.Run(TestModels.MatMul, InputsOf(Printing));
        ModelValueAssert.Close(expected, outputs, 1e-4);
    }

    [Fact]
    public async Task RunAsync_AppKilled_TakesItsWorkerAlong()
    {
        using var folder = new TemporaryDirectory();
        using var app = ChildProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.RuntimeProcess.dll"), "isolated", folder.Combine("data"), TestModels.Loop.Save(folder)]);
        Assert.Equal("running", await app.ReadLineAsync(Cancellation));

        using (var process = Process.GetProcessById(app.Id))
        {
            process.Kill();
        }

        // The worker has the app's error output, and this ends when the last one closes it.
        await app.WaitAsync(Cancellation);
    }

    private static TestRuntime Start(Action<EdgeAIOptions>? configure = null) => new(options =>
    {
        options.Inference.Isolation = ModelIsolation.OutOfProcess;
        configure?.Invoke(options);
    });

    private static async Task<TestRuntime> StartWithPluginAsync()
    {
        await PluginLibrary.BuildAsync(Cancellation);
        return Start(options =>
        {
            options.Inference.ProviderLibraries[PluginLibrary.Name] = PluginLibrary.Path;
            options.Inference.PowerPolicy = PowerPolicy.Efficient;
        });
    }

    private static ModelInputs InputsOf(float first)
    {
        var inputs = TestModels.MatMul.CreateInputs();
        var (name, value) = inputs.First();
        var tensor = value.AsTensor();
        var values = tensor.ToArray<float>();
        values[0] = first;
        inputs[name] = TensorValue.Create(values, tensor.Shape.ToArray());
        return inputs;
    }
}
