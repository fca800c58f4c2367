using System.Text;
using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>Rules as they are written, right and wrong.</summary>
public sealed class RuleConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddEdgeAI_RulesInTheConfiguration_AreUnderstood()
    {
        await using var provider = Build("""
            { "EdgeAI": { "Monitoring": { "Metrics": [
                { "Name": "storage_latency", "Threshold": "50ms", "Action": "switch_to_backup_storage" },
                { "Name": "memory_usage",    "Threshold": "90%",  "Action": "trigger_model_swap" },
                { "Name": "inference_latency", "Threshold": "2s", "Action": "shed_load", "Percentile": 99, "Window": "1m", "Hysteresis": "500ms", "MinimumDwell": "5s", "MinimumSamples": 20, "DryRun": true } ] } } }
            """);

        var rules = provider.GetRequiredService<IEdgeMonitor>().Rules.Select(state => state.Rule).ToArray();

        Assert.Equal(["storage_latency > 50ms: switch_to_backup_storage", "memory_usage > 90%: trigger_model_swap", "inference_latency > 2s: shed_load"], rules.Select(rule => rule.ToString()));
        Assert.Equal((95, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 3, false), (rules[0].Percentile, rules[0].Window, rules[0].MinimumDwell, rules[0].MinimumSamples, rules[0].IsDryRun));
        Assert.Equal(0.81, rules[1].ClearsAt, 6);
        Assert.Equal((99, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 1.5, 20, true), (rules[2].Percentile, rules[2].Window, rules[2].MinimumDwell, rules[2].ClearsAt, rules[2].MinimumSamples, rules[2].IsDryRun));
    }

    [Theory]
    [InlineData("storage_latncy", "50ms", "notify", "there is no metric 'storage_latncy'; the metrics are disk_usage, error_rate, inference_latency, memory_usage, outbox_age, queue_depth, storage_latency, temperature.")]
    [InlineData("memory_usage", "90%", "swap", "there is no action 'swap'; the actions are demote_models, notify, offload_to_cluster, pause_background, shed_load, switch_to_backup_storage, trigger_model_swap.")]
    [InlineData("storage_latency", "90%", "notify", "the threshold '90%' is none for storage_latency: write a time such as '50ms', '2s' or '5m'.")]
    [InlineData("memory_usage", "50ms", "notify", "the threshold '50ms' is none for memory_usage: write a share such as '90%', or a size such as '6GB' or '512MiB'.")]
    [InlineData("queue_depth", "many", "notify", "the threshold 'many' is none for queue_depth: write a number such as '64'.")]
    [InlineData("temperature", "85", "notify", "the threshold '85' is none for temperature: write a temperature such as '85°C'.")]
    [InlineData("temperature", "", "notify", "the threshold '' is none for temperature")]
    public async Task StartAsync_RuleIsWrong_SaysWhatWouldBeRight(string metric, string threshold, string action, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEdgeAI(options => options.DataDirectory = _folder.Path).AddMonitoring(options =>
            options.Metrics.Add(new MonitoringRuleOptions { Name = metric, Threshold = threshold, Action = action }));
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains("EdgeAI:Monitoring:Metrics:0: " + message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddMonitoringRule_OptionsOutOfRange_AreAllNamed()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => EdgeRuntime.Create(
            options => options.DataDirectory = _folder.Path,
            builder => builder.AddMonitoringRule(
                "memory_usage",
                "90%",
                "notify",
                rule => (rule.Window, rule.MinimumDwell, rule.Hysteresis, rule.Percentile, rule.MinimumSamples) = ("1ms", "for ever", "95GB", 101, 0))));

        Assert.All(["Window", "MinimumDwell", "Hysteresis", "Percentile", "MinimumSamples"], name => Assert.Contains($"0: {name} is ", exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddMonitoringAction_OfAnApp_IsMadeByItsServicesAndNamedInRules()
    {
        var services = new ServiceCollection();
        var action = new FakeAction();
        services.AddSingleton(action);
        services.AddEdgeAI(options => options.DataDirectory = _folder.Path)
            .AddMonitoringMetric<TeapotMetric>("water", MonitoringUnit.Celsius)
            .AddMonitoringAction<TeapotAction>("make_tea")
            .AddMonitoringRule("water", "99°C", "make_tea");
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IEdgeMonitor>().EvaluateAsync(Cancellation);

        Assert.Equal(1, action.Begun);
        Assert.Equal("water > 99°C: make_tea", Assert.Single(provider.GetRequiredService<EdgeRuntime>().Monitor.History).Rule.ToString());
    }

    [Fact]
    public async Task AddMonitoringRule_OfTwoInstances_StaysWithEach()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("a")).AddMonitoringRule("queue_depth", "64", "shed_load");
        services.AddEdgeAI("second", options => options.DataDirectory = _folder.Combine("b"));
        await using var provider = services.BuildServiceProvider();

        Assert.Single(provider.GetRequiredService<IEdgeMonitor>().Rules);
        Assert.Empty(provider.GetRequiredKeyedService<IEdgeMonitor>("second").Rules);
    }

    private ServiceProvider Build(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(stream).Build());
        services.AddEdgeAI(options => options.DataDirectory = _folder.Path);
        return services.BuildServiceProvider();
    }

    private sealed class TeapotMetric : IMonitoringMetric
    {
        public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => new(100);
    }

    private sealed class TeapotAction(FakeAction inner) : IMonitoringAction
    {
        public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default) => inner.BeginAsync(context, cancellationToken);
    }
}
