using System.Buffers;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>A device that gives what is none of the model's.</summary>
public sealed class WrongResultTests
{
    private readonly TestProvider _npu = new("npu", DeviceKind.Npu);
    private readonly List<DeviceFault> _faults = [];

    public static TheoryData<string> WrongResults => ["a name", "a type", "a shape", "a kind", "too few", "too many"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WrongResults))]
    public async Task RunAsync_WrongResult_TheNextDeviceAnswersAndTheDeviceIsLeftAlone(string wrong)
    {
        _npu.OnRun = (_, _) => Make(wrong);
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal("11 22", await YAsync(lease));
        Assert.Equal("11 22", await YAsync(lease));

        var fault = Assert.Single(_faults);
        var error = Assert.IsType<WrongResultException>(fault.Error);
        Assert.Equal(("npu:0", "cpu:0", "npu:0"), (fault.Device.ToString(), fault.Next.ToString(), error.Device));
        Assert.Equal(1, _npu.Runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_WrongResultOfTheOnlyDevice_IsTheCallersException(bool isDirect)
    {
        _npu.OnRun = (_, _) => Make("a shape");
        await using var test = Start(options =>
        {
            options.Devices["cpu:0"] = new DeviceOptions { IsEnabled = false };
            options.Devices["npu:0"] = new DeviceOptions { MaxConcurrentRuns = isDirect ? 0 : 1 };
        });
        await using var lease = await test.LoadAsync(TestModels.Add);

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation));
        Assert.Throws<InferenceException>(() => lease.Run(TestModels.Add.CreateInputs(), Cancellation));

        var wrong = Assert.IsType<WrongResultException>(exception.InnerException);
        Assert.Equal(("y", "add:latest"), (wrong.Output, wrong.Model));
        Assert.Contains("float32[3], and should be float32[2]", exception.Message, StringComparison.Ordinal);
        _npu.OnRun = (_, _) => TestProvider.Sum(33);
        Assert.Equal("33 33", await YAsync(lease));
    }

    [Fact]
    public async Task RunAsync_WrongResult_IsGivenBack()
    {
        var tensor = TensorValue.FromOwner(ElementType.Float32, MemoryPool<byte>.Shared.Rent(12), 3);
        _npu.OnRun = (_, _) => new ModelOutputs(["y"], [tensor]);
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);

        await YAsync(lease);

        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>().Length);
    }

    [Fact]
    public async Task RunAsync_ModelThatDeclaresAnotherShapeThanItGives_RunsAndBlamesNoDevice()
    {
        _npu.OnRun = (_, _) => new ModelOutputs(["y"], [TensorValue.Create(new float[] { 2, 3 }, 2)]);
        await using var test = Start(options => options.PowerPolicy = PowerPolicy.Efficient);
        await using var lease = await test.LoadAsync(TestModels.SloppyShape);

        for (var i = 0; i < 4; i++)
        {
            using var outputs = await lease.RunAsync(TestModels.SloppyShape.CreateInputs(), Cancellation);
            Assert.Equal([2f, 3f], outputs[0].AsTensor().ToArray<float>());
        }

        Assert.Equal(4, _npu.Runs);
        Assert.All(test.Runtime.Engine.Devices, device => Assert.True(device.IsUsable));
    }

    [Fact]
    public async Task RunAsync_NotANumber_IsLookedForOnlyWhenAskedFor()
    {
        _npu.OnRun = (_, _) => TestProvider.Sum(float.NaN);
        await using var test = Start();
        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal("NaN NaN", await YAsync(lease));
        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_NotANumber_TheNextDeviceAnswersAndTheDeviceIsLeftAlone(bool isOfTheModel)
    {
        _npu.OnRun = (_, _) => TestProvider.Sum(float.NaN);
        await using var test = new TestRuntime(
            options =>
            {
                options.Inference.CheckOutputs = !isOfTheModel;
                options.Models.Add(new ModelOptions { Name = "add", CheckOutputs = isOfTheModel ? true : null });
            },
            builder => builder.Services.AddSingleton<IExecutionProvider>(_npu));
        test.Runtime.Engine.DeviceFailed += _faults.Add;
        await using var lease = await test.LoadAsync(TestModels.Add);

        Assert.Equal("11 22", await YAsync(lease));
        Assert.Equal("11 22", await YAsync(lease));

        Assert.IsType<WrongResultException>(Assert.Single(_faults).Error);
        Assert.Equal(1, _npu.Runs);
    }

    [Fact]
    public async Task RunAsync_NotANumberOnEveryDevice_IsTheModelsOwnAndBlamesNone()
    {
        _npu.OnRun = (_, _) => TestProvider.Sum(float.NaN);
        await using var test = Start(options => (options.CheckOutputs, options.PowerPolicy) = (true, PowerPolicy.Efficient));
        await using var lease = await test.LoadAsync(TestModels.Quotient);
        var inputs = new ModelInputs { ["x"] = TensorValue.Create(new float[] { 0, 2 }, 2) };

        for (var i = 0; i < 4; i++)
        {
            using var outputs = await lease.RunAsync(inputs, Cancellation);
            Assert.Equal([float.NaN, 1f], outputs[0].AsTensor().ToArray<float>());
        }

        Assert.Equal(4, _npu.Runs);
        Assert.All(test.Runtime.Engine.Devices, device => Assert.True(device.IsUsable));
    }

    [Fact]
    public async Task RunAsync_NotANumberInTheInputs_IsNoFault()
    {
        _npu.OnRun = (_, _) => TestProvider.Sum(float.NaN);
        await using var test = Start(options => options.CheckOutputs = true);
        await using var lease = await test.LoadAsync(TestModels.Add);
        var inputs = new ModelInputs { ["a"] = TensorValue.Create(new[] { 1, float.NaN }, 2), ["b"] = TensorValue.Create(new float[2], 2) };

        using var outputs = await lease.RunAsync(inputs, Cancellation);

        Assert.Equal([float.NaN, float.NaN], outputs[0].AsTensor().ToArray<float>());
        Assert.Empty(_faults);
    }

    private static ModelOutputs Make(string wrong) => wrong switch
    {
        "a name" => new(["z"], [TensorValue.Create(new float[2], 2)]),
        "a type" => new(["y"], [TensorValue.Create(new double[2], 2)]),
        "a shape" => new(["y"], [TensorValue.Create(new float[3], 3)]),
        "a kind" => new(["y"], [new SequenceValue([TensorValue.Create(new float[2], 2)])]),
        "too few" => new([], []),
        _ => new(["y", "z"], [TensorValue.Create(new float[2], 2), TensorValue.Create(new float[2], 2)]),
    };

    private static async Task<string> YAsync(IModelLease lease)
    {
        using var outputs = await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation);
        return string.Join(' ', outputs.GetTensor("y").ToArray<float>());
    }

    private TestRuntime Start(Action<InferenceOptions>? configure = null)
    {
        var test = new TestRuntime(options => configure?.Invoke(options.Inference), builder => builder.Services.AddSingleton<IExecutionProvider>(_npu));
        test.Runtime.Engine.DeviceFailed += _faults.Add;
        return test;
    }
}
