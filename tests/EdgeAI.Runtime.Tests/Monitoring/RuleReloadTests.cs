using System.Collections.Concurrent;
using EdgeAI.Monitoring;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>Rules of a configuration that changes while the app runs.</summary>
public sealed class RuleReloadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _folder = new();
    private readonly IConfigurationRoot _configuration;
    private readonly CollectingProvider _log = new();

    public RuleReloadTests()
    {
        Write();
        _configuration = new ConfigurationBuilder().AddJsonFile(_folder.Combine("app.json")).Build();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Reload_OtherRules_AreGoneByAndWhatStaysGoesOnAsItIs()
    {
        Reload(("outbox_age", "0s", "first"), ("temperature", "1C", "second"));
        await using var provider = Build(out var first, out var second);
        var monitor = provider.GetRequiredService<IEdgeMonitor>();
        await provider.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);
        await UntilAsync(() => monitor.Rules.All(rule => rule.IsActive));
        var since = monitor.Rules[0].Since;

        Reload(("outbox_age", "0s", "first"), ("temperature", "2C", "first"), ("temperature", "3C", "first"));
        await UntilAsync(() => monitor.Rules.Count == 3 && monitor.Rules.All(rule => rule.IsActive));

        Assert.Equal(since, monitor.Rules[0].Since);
        Assert.Equal((1, 1), (second.Begun, second.Ended));
        Assert.Equal((3, 0), (first.Begun, first.Ended));
        Assert.Contains(monitor.History, told => told.Kind == MonitoringEventKind.Cleared && told.Rule.Action == "second" && told.Outcome == "ended");
    }

    [Fact]
    public async Task Reload_FromNoRuleAndBack_BeginsAndEnds()
    {
        await using var provider = Build(out var first, out _);
        var monitor = provider.GetRequiredService<IEdgeMonitor>();
        await provider.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);
        Assert.Empty(monitor.Rules);

        Reload(("outbox_age", "0s", "first"));
        await UntilAsync(() => monitor.Rules is [{ IsActive: true }]);
        Reload();
        await UntilAsync(() => monitor.Rules is [] && first.Ended == 1);

        Assert.Equal(1, first.Begun);
    }

    [Theory]
    [InlineData("outbox_age", "outbox_aeg", "there is no metric 'outbox_aeg'")]
    [InlineData("00:00:00.02", "often", "often")]
    [InlineData("{", "[", "app.json")]
    public async Task Reload_WrongConfiguration_IsLoggedAndTheRulesStayUntilItIsRight(string right, string wrong, string message)
    {
        Reload(("outbox_age", "0s", "first"));
        await using var provider = Build(out var first, out _);
        var monitor = provider.GetRequiredService<IEdgeMonitor>();
        await provider.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);
        await UntilAsync(() => monitor.Rules[0].IsActive);
        var before = monitor.Rules[0];

        var file = _folder.Combine("app.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace(right, wrong, StringComparison.Ordinal));
        if (Record.Exception(_configuration.Reload) is { } unreadable)
        {
            // Whoever reads the file hears of it, and nobody here.
            Assert.Contains(message, unreadable.Message, StringComparison.Ordinal);
        }
        else
        {
            await UntilAsync(() => _log.Lines.Any(line => line.Contains(message, StringComparison.Ordinal)));
        }

        Assert.Equal((before.Rule, true, before.Since, 0), (monitor.Rules[0].Rule, monitor.Rules[0].IsActive, monitor.Rules[0].Since, first.Ended));

        // Others that ask for the options are not hurt.
        Assert.NotNull(provider.GetRequiredService<IOptionsMonitor<EdgeAI.Configuration.EdgeAIOptions>>().CurrentValue);
        Reload(("outbox_age", "0s", "first"), ("temperature", "2C", "second"));
        await UntilAsync(() => monitor.Rules.Count == 2);
        Assert.Equal(before.Since, monitor.Rules[0].Since);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            Assert.False(late.IsCancellationRequested, "It did not come about.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }

    private void Write(params (string Metric, string Threshold, string Action)[] rules)
    {
        var written = rules.Select(rule => $$"""{ "Name": "{{rule.Metric}}", "Threshold": "{{rule.Threshold}}", "Action": "{{rule.Action}}" }""");
        File.WriteAllText(_folder.Combine("app.json"), $$"""{ "EdgeAI": { "Monitoring": { "Interval": "00:00:00.02", "Metrics": [ {{string.Join(", ", written)}} ] } } }""");
    }

    private void Reload(params (string Metric, string Threshold, string Action)[] rules)
    {
        Write(rules);
        _configuration.Reload();
    }

    private ServiceProvider Build(out FakeAction first, out FakeAction second)
    {
        var (one, two) = (new FakeAction(), new FakeAction());
        (first, second) = (one, two);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration).AddLogging(logging => logging.AddProvider(_log));
        services.AddSingleton(new ActionRegistration(null, "first", _ => one)).AddSingleton(new ActionRegistration(null, "second", _ => two));
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data")).AddMonitoringMetric<Hot>("temperature", MonitoringUnit.Celsius).AddMonitoringMetric<Hot>("outbox_age", MonitoringUnit.Seconds);
        return services.BuildServiceProvider();
    }

    private sealed class Hot : IMonitoringMetric
    {
        public ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default) => new(100);
    }

    private sealed class CollectingProvider : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
