using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Monitoring;
using EdgeAI.Monitoring.Metrics;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>What the built-in metrics read, and what the actions do to real runs.</summary>
public sealed class MetricTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ErrorRate_SomeRunsFail_IsTheirShare()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(provider, build: builder => builder.AddMonitoringRule("error_rate", "20%", "notify", rule => (rule.MinimumSamples, rule.Window) = (4, "1h")));
        provider.LetLoadsEnd();
        await using var lease = await test.Runtime.Engine.LoadAsync(await ImportAsync(test), new ModelLoadOptions { Device = "fake:0" }, Cancellation);
        for (var run = 0; run < 3; run++)
        {
            (await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation)).Dispose();
        }

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);
        Assert.Null(test.Runtime.Monitor.Rules[0].Reading);
        provider.Sessions[0].Failure = new InvalidOperationException("broken");
        await Assert.ThrowsAsync<InferenceException>(async () => await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation));

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.Equal(0.25, test.Runtime.Monitor.Rules[0].Reading);
        Assert.True(test.Runtime.Monitor.Rules[0].IsActive);
    }

    [Fact]
    public async Task InferenceLatency_RunsOfARealModel_IsRead()
    {
        await using var test = new TestRuntime(build: builder => builder.AddMonitoringRule("inference_latency", "1h", "notify", rule => rule.Window = "1h"));
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        for (var run = 0; run < 3; run++)
        {
            lease.Run(TestModels.MatMul.CreateInputs(), Cancellation).Dispose();
        }

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.InRange(test.Runtime.Monitor.Rules[0].Reading!.Value, 1e-6, 100);
        Assert.False(test.Runtime.Monitor.Rules[0].IsActive);
    }

    [Fact]
    public async Task QueueDepth_RunsWait_ShedsThoseOfLowPriorityUntilTheyAreDone()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(
            provider,
            options => options.Inference.Devices["fake:0"] = new DeviceOptions { MaxConcurrentRuns = 1 },
            builder => builder.AddMonitoringRule("queue_depth", "1", "shed_load", rule => rule.MinimumDwell = "0s"));
        provider.LetLoadsEnd();
        await using var lease = await test.Runtime.Engine.LoadAsync(await ImportAsync(test), new ModelLoadOptions { Device = "fake:0" }, Cancellation);
        provider.Sessions[0].HoldRuns();
        var runs = Enumerable.Range(0, 3).Select(_ => lease.RunAsync(TestModels.Add.CreateInputs(), new ModelRunOptions(), Cancellation).AsTask()).ToArray();
        var control = Assert.IsType<IEngineControl>(test.Runtime.Engine, exactMatch: false);
        await SizedModels.UntilAsync(() => control.WaitingRuns == 2);

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.Equal(2, test.Runtime.Monitor.Rules[0].Reading);
        var low = new ModelRunOptions { Priority = RunPriority.Low };
        var shed = await Assert.ThrowsAsync<LoadShedException>(async () => await lease.RunAsync(TestModels.Add.CreateInputs(), low, Cancellation));
        Assert.Equal(("add:latest", TimeSpan.FromSeconds(1)), (shed.Model, shed.RetryAfter));
        Assert.Null(await lease.TryRunAsync(TestModels.Add.CreateInputs(), low, Cancellation));
        using (var binding = lease.Bind(TestModels.Add.CreateInputs()))
        {
            Assert.Throws<LoadShedException>(() => binding.Run(low, Cancellation));
        }

        provider.Sessions[0].LetRunsEnd();
        foreach (var run in runs)
        {
            (await run).Dispose();
        }

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);
        (await lease.RunAsync(TestModels.Add.CreateInputs(), low, Cancellation)).Dispose();
        Assert.Equal("runs of all priorities are taken", test.Runtime.Monitor.History[^1].Outcome);
    }

    [Fact]
    public async Task OffloadToCluster_WithoutOne_SaysSo()
    {
        await using var test = new TestRuntime(build: builder => builder.AddMonitoringRule("outbox_age", "0s", "offload_to_cluster").AddMonitoringMetric<One>("outbox_age", MonitoringUnit.Seconds));

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.StartsWith("nothing, because there is no remote cluster", Assert.Single(test.Runtime.Monitor.History).Outcome);
    }

    [Theory]
    [InlineData("disk_usage", "100%")]
    [InlineData("disk_usage", "900TB")]
    [InlineData("memory_usage", "900TB")]
    [InlineData("outbox_age", "1d")]
    public async Task Metrics_OfAnInstanceAtRest_HaveAReading(string metric, string threshold)
    {
        await using var test = new TestRuntime(build: builder => builder.AddMonitoringRule(metric, threshold, "notify"));

        await test.Runtime.Monitor.EvaluateAsync(Cancellation);

        Assert.True(test.Runtime.Monitor.Rules[0].Reading >= 0);
        Assert.False(test.Runtime.Monitor.Rules[0].IsActive);
    }

    [Fact]
    public async Task Temperature_OfSeveralSensors_IsTheHottest()
    {
        using var folder = new TemporaryDirectory();
        foreach (var (zone, text) in new[] { ("thermal_zone0", "41500\n"), ("thermal_zone1", "87250\n"), ("thermal_zone2", "off\n"), ("cooling_device0", "99000\n") })
        {
            File.WriteAllText(Path.Combine(folder.CreateDirectory(zone), "temp"), text);
        }

        folder.CreateDirectory("thermal_zone3");
        var rule = new MonitoringRule("temperature", new MonitoringQuantity(85, MonitoringUnit.Celsius), "notify");

        Assert.Equal(87.25, await new TemperatureMetric(folder.Path).ReadAsync(rule, Cancellation));
        Assert.Null(await new TemperatureMetric(folder.Combine("nowhere")).ReadAsync(rule, Cancellation));
    }

    private static async Task<string> ImportAsync(TestRuntime test)
    {
        await test.ImportAsync(TestModels.Add);
        return "add";
    }

    private sealed class One : IMonitoringMetric
    {
        public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => new(1);
    }
}
