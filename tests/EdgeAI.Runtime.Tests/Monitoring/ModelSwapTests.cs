using System.Text;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Monitoring;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>Memory filled past a share of the budget is given back, with real models.</summary>
public sealed class ModelSwapTests
{
    private const string Rules = """
        { "EdgeAI": { "Monitoring": { "Metrics": [ { "Name": "memory_usage", "Threshold": "90%", "Action": "trigger_model_swap" } ] } } }
        """;

    private static readonly TestModel[] Models = [TestModels.Mlp, TestModels.MatMul, TestModels.Add];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_MemoryPastTheThreshold_SwapsOutUntilTheReadingIsLowEnough()
    {
        var mapped = await MeasureMappedAsync();
        await using var test = new TestRuntime(options => options.Memory.HostMappedBytes = mapped * 20 / 19, AddRule);
        var leases = await LoadAllAsync(test);
        await using var pin = await test.Runtime.Engine.PinAsync("mlp", Cancellation);
        Assert.True(UsageOf(test) > 0.9, $"Only {UsageOf(test)} is used.");

        await test.Runtime.StartAsync(Cancellation);
        await SizedModels.UntilAsync(() => test.Runtime.Monitor is { History.Count: > 0, Rules: [{ Reading: <= 0.81 }] });

        var fired = Assert.Single(test.Runtime.Monitor.History);
        Assert.Equal(MonitoringEventKind.Fired, fired.Kind);
        Assert.InRange(fired.Reading!.Value, 0.9, 1);
        Assert.StartsWith("swapped out ", fired.Outcome, StringComparison.Ordinal);
        Assert.Contains("matmul", fired.Outcome, StringComparison.Ordinal);
        Assert.True(UsageOf(test) <= 0.81, $"Still {UsageOf(test)} is used.");
        Assert.Equal(UsageOf(test), test.Runtime.Monitor.Rules[0].Reading!.Value, 0.001);
        Assert.Equal(LoadedModelState.Loaded, test.Runtime.Engine.GetMemory().Models.Single(model => model.Reference.Name == "mlp").State);

        // A lease is a right to run: what was swapped out comes back by itself.
        using var outputs = leases[1].Run(TestModels.MatMul.CreateInputs(), Cancellation);
        Assert.NotEmpty(outputs);
        await DisposeAllAsync(leases);
    }

    [Fact]
    public async Task EvaluateAsync_EverythingPinned_SaysThatNothingCouldBeDone()
    {
        var mapped = await MeasureMappedAsync();
        await using var test = new TestRuntime(options => options.Memory.HostMappedBytes = mapped, AddRule);
        var leases = await LoadAllAsync(test);
        var pins = new List<IModelLease>();
        foreach (var model in Models)
        {
            pins.Add(await test.Runtime.Engine.PinAsync(model.Name, Cancellation));
        }

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.Equal("nothing, because every model in memory runs or is pinned", Assert.Single(test.Runtime.Monitor.History).Outcome);
        await DisposeAllAsync([.. leases, .. pins]);
    }

    [Fact]
    public async Task EvaluateAsync_DryRun_OnlySaysWhatItWouldDo()
    {
        var mapped = await MeasureMappedAsync();
        await using var test = new TestRuntime(
            options =>
            {
                options.Memory.HostMappedBytes = mapped;
                options.Monitoring.DryRun = true;
            },
            AddRule);
        var leases = await LoadAllAsync(test);

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        var fired = Assert.Single(test.Runtime.Monitor.History);
        Assert.Equal((true, "would begin trigger_model_swap"), (fired.IsDryRun, fired.Outcome));
        Assert.All(test.Runtime.Engine.GetMemory().Models, model => Assert.Equal(LoadedModelState.Loaded, model.State));
        await DisposeAllAsync(leases);
    }

    private static void AddRule(IEdgeAIBuilder builder) => builder.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Rules))).Build());

    private static double UsageOf(TestRuntime test) => test.Runtime.Engine.GetMemory() is var memory ? (double)memory.Reserved.Mapped / memory.Budget.Mapped : 0;

    private static async Task<long> MeasureMappedAsync()
    {
        await using var test = new TestRuntime();
        var leases = await LoadAllAsync(test);
        var mapped = test.Runtime.Engine.GetMemory().Reserved.Mapped;
        await DisposeAllAsync(leases);
        return mapped;
    }

    private static async Task<List<IModelLease>> LoadAllAsync(TestRuntime test)
    {
        var leases = new List<IModelLease>();
        foreach (var model in Models)
        {
            leases.Add(await test.LoadAsync(model));
        }

        return leases;
    }

    private static async Task DisposeAllAsync(List<IModelLease> leases)
    {
        foreach (var lease in leases)
        {
            await lease.DisposeAsync();
        }
    }
}
