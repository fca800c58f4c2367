using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>Actions that rules begin and end, and what they do to a real store.</summary>
public sealed class RuleActionTests
{
    private readonly FakeMetric _metric = new() { Reading = 100 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PauseBackground_WhileTheRuleHolds_NothingIsSentAndLoadsComeAllTheSame()
    {
        var cluster = new MemoryTier("primary");
        await using (var origin = new TestRuntime(build: builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster))))
        {
            await origin.ImportAsync(TestModels.Mlp);
            await origin.Runtime.Store.FlushAsync(Cancellation);
        }

        await using var node = Start("pause_background", builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster)));
        await node.Runtime.Monitor.EvaluateAsync(Cancellation);
        await node.ImportAsync(TestModels.Add);
        var sending = node.Runtime.Store.FlushAsync(Cancellation).AsTask();

        // Whoever waits for a model has it; what nobody waits for stays.
        await (await node.Runtime.Engine.LoadAsync("mlp", Cancellation)).DisposeAsync();
        Assert.Single((await node.Runtime.Store.GetBacklogAsync(Cancellation)).Entries);
        Assert.False(sending.IsCompleted);

        _metric.Reading = 0;
        await node.Runtime.Monitor.EvaluateAsync(Cancellation);
        await sending.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Empty((await node.Runtime.Store.GetBacklogAsync(Cancellation)).Entries);
        Assert.Equal(["background transfers stand still", "background transfers go on"], node.Runtime.Monitor.History.Select(told => told.Outcome));
    }

    [Fact]
    public async Task DemoteModels_DiskFullerThanTheRuleAllows_DropsHotFilesAndTheModelComesBackWhenItIsUsed()
    {
        await using var node = new TestRuntime(build: builder => builder.AddMonitoringRule("disk_usage", "0.001%", "demote_models"));
        await (await node.LoadAsync(TestModels.Mlp)).DisposeAsync();
        await node.Runtime.Engine.SwapOutAsync("mlp", Cancellation);
        var hot = Path.Combine(node.DataDirectory, "hot");
        Assert.NotEmpty(Directory.EnumerateFiles(hot, "*.onnx", SearchOption.AllDirectories));

        await node.Runtime.Monitor.EvaluateAsync(Cancellation);

        var fired = Assert.Single(node.Runtime.Monitor.History);
        Assert.StartsWith("dropped the hot files of 1 model(s)", fired.Outcome, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(hot, "*.onnx", SearchOption.AllDirectories));
        await using var lease = await node.Runtime.Engine.LoadAsync("mlp", Cancellation);
        (await lease.RunAsync(TestModels.Mlp.CreateInputs(), Cancellation)).Dispose();
    }

    private TestRuntime Start(string action, Action<IEdgeAIBuilder> build) => new(build: builder =>
    {
        builder.Services.AddSingleton(new MetricRegistration(null, "temperature", [MonitoringUnit.Celsius], _ => _metric));
        build(builder);
        builder.AddMonitoringRule("temperature", "50°C", action, rule => rule.MinimumDwell = "0s");
    });
}
