using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Monitoring;
using EdgeAI.Providers;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Policies;

/// <summary>A node that has too much to do hands runs to another host, by a rule, while that is so.</summary>
public sealed class OffloadRuleTests
{
    private const int TooMany = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EvaluateAsync_QueueLongerThanTheRuleAllows_RunsGoToTheClusterUntilItIsShort()
    {
        using var host = new ServingNode(TestModels.AddOne);
        await host.StartAsync();
        await using var node = new EdgeNode(options => options.Endpoints.Add(host.Grpc), options =>
        {
            options.Inference.Devices["cpu:0"] = new DeviceOptions { MaxConcurrentRuns = 1 };
            options.Monitoring.Metrics.Add(new MonitoringRuleOptions { Name = MonitoringMetrics.QueueDepth, Threshold = "2", Action = MonitoringActions.OffloadToCluster, MinimumDwell = "0s" });
        });
        await node.ImportAsync(TestModels.AddOne);
        await node.ImportAsync(TestModels.Loop);
        await using var loop = await node.LoadAsync(TestModels.Loop.Name, RemotePolicy.LocalOnly);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name);
        await RunAsync();
        Assert.Equal(0, await host.CountRunsAsync());

        // One has the device, and the others wait for it.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<ModelOutputs>[] held = [.. Enumerable.Range(0, TooMany + 1).Select(_ => loop.RunAsync(TestModels.LoopInputs(long.MaxValue), leaving.Token).AsTask())];
        await node.Runtime.Monitor.EvaluateAsync(Cancellation);
        await RunAsync();
        await RunAsync();
        Assert.Equal(2, await host.CountRunsAsync());

        await leaving.CancelAsync();
        foreach (var run in held)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        await node.Runtime.Monitor.EvaluateAsync(Cancellation);
        await RunAsync();
        Assert.Equal(2, await host.CountRunsAsync());
        Assert.Equal(
            [(MonitoringEventKind.Fired, TooMany, "runs go to remote devices first"), (MonitoringEventKind.Cleared, 0, "runs go where they went before")],
            node.Runtime.Monitor.History.Select(told => (told.Kind, (int)told.Reading!.Value, told.Outcome)));

        async Task RunAsync() => (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
    }
}
