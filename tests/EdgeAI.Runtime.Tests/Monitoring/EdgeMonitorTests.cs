using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>When rules fire and let go.</summary>
public sealed class EdgeMonitorTests : IDisposable
{
    private static readonly TimeSpan Dwell = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new("EdgeAI.Tests");
    private readonly FakeMetric _metric = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task EvaluateAsync_ReadingAroundTheThreshold_DoesNotFlap()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        foreach (var reading in Enumerable.Range(0, 600).Select(i => i % 2 == 0 ? 101.0 : 95))
        {
            _metric.Reading = reading;
            await monitor.EvaluateAsync(Cancellation);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((1, 0), (action.Begun, action.Ended));
        Assert.True(Assert.Single(monitor.Rules).IsActive);
    }

    [Fact]
    public async Task EvaluateAsync_ReadingFarUpAndDown_ChangesOnceADwell()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        for (var second = 0; second < 300; second++)
        {
            _metric.Reading = second % 2 == 0 ? 200 : 10;
            await monitor.EvaluateAsync(Cancellation);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(action.Begun + action.Ended, 2, 10);
        Assert.All(monitor.History.Zip(monitor.History.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= Dwell));
    }

    [Fact]
    public async Task EvaluateAsync_LessThanTheHysteresisBelow_LetsGoAfterTheDwell()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        await ReadAsync(monitor, 101);
        await ReadAsync(monitor, 80);
        Assert.Equal((1, 0), (action.Begun, action.Ended));

        _time.Advance(Dwell);
        await ReadAsync(monitor, 91);
        Assert.Equal(0, action.Ended);
        await ReadAsync(monitor, 90);

        Assert.Equal((1, 1), (action.Begun, action.Ended));
        Assert.Equal([(MonitoringEventKind.Fired, "began at 101"), (MonitoringEventKind.Cleared, "ended")], monitor.History.Select(told => (told.Kind, told.Outcome)));
    }

    [Fact]
    public async Task EvaluateAsync_NoReadingAnyMore_LetsGo()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        await ReadAsync(monitor, 101);
        _time.Advance(Dwell);

        await ReadAsync(monitor, null);

        Assert.Equal((1, 1), (action.Begun, action.Ended));
    }

    [Fact]
    public async Task EvaluateAsync_ActionOfOneMoment_IsDoneAgainAfterEachDwell()
    {
        var action = new FakeAction { Repeats = true };
        await using var monitor = Watch(action);
        for (var second = 0; second < 65; second++)
        {
            await ReadAsync(monitor, 150);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, action.Begun);
        Assert.Equal([MonitoringEventKind.Fired, MonitoringEventKind.Repeated, MonitoringEventKind.Repeated], monitor.History.Select(told => told.Kind));
    }

    [Fact]
    public async Task EvaluateAsync_ActionFails_TellsAndTriesAgain()
    {
        var action = new FakeAction { Failure = new IOException("no disk") };
        await using var monitor = Watch(action);
        await ReadAsync(monitor, 150);
        var failed = Assert.Single(monitor.History);
        Assert.Equal(("it failed: no disk", action.Failure), (failed.Outcome, failed.Error));

        action.Failure = null;
        _time.Advance(Dwell);
        await ReadAsync(monitor, 150);

        Assert.Equal((2, "began at 150"), (action.Begun, monitor.History[^1].Outcome));
    }

    [Fact]
    public async Task EvaluateAsync_MetricFails_LeavesItsRuleAndGoesOnWithOthers()
    {
        var (action, other) = (new FakeAction(), new FakeAction());
        var well = new FakeMetric { Reading = 150 };
        await using var monitor = new EdgeMonitor([Rule(_metric, action), Rule(well, other)], new MonitoringOptions(), _meter, _time, NullLogger.Instance);
        _metric.Failure = new InvalidOperationException();

        await monitor.EvaluateAsync(Cancellation);

        Assert.Equal((0, 1), (action.Begun, other.Begun));
    }

    [Fact]
    public async Task EvaluateAsync_TwoRulesHoldOneAction_EndsWithTheLast()
    {
        var action = new FakeAction();
        var other = new FakeMetric { Reading = 150 };
        await using var monitor = new EdgeMonitor([Rule(_metric, action), Rule(other, action)], new MonitoringOptions(), _meter, _time, NullLogger.Instance);
        await ReadAsync(monitor, 150);
        _time.Advance(Dwell);

        await ReadAsync(monitor, 10);
        Assert.Equal(0, action.Ended);
        other.Reading = 10;
        await ReadAsync(monitor, 10);

        Assert.Equal(1, action.Ended);
    }

    [Fact]
    public async Task StopAsync_WhileARuleHolds_EndsItsAction()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        await ReadAsync(monitor, 150);

        await monitor.StopAsync();
        await monitor.StopAsync();

        Assert.Equal(1, action.Ended);
    }

    [Fact]
    public async Task Changed_HandlerThrows_OthersAreToldAllTheSame()
    {
        await using var monitor = Watch(new FakeAction());
        var told = new List<MonitoringEvent>();
        monitor.Changed += _ => throw new InvalidOperationException();
        monitor.Changed += told.Add;

        await ReadAsync(monitor, 150);

        Assert.Equal(monitor.History, told);
    }

    [Fact]
    public async Task History_ManyEvents_IsBounded()
    {
        await using var monitor = new EdgeMonitor([Rule(_metric, new FakeAction())], new MonitoringOptions { HistoryLength = 3 }, _meter, _time, NullLogger.Instance);
        for (var i = 0; i < 10; i++)
        {
            await ReadAsync(monitor, i % 2 == 0 ? 150 : 10);
            _time.Advance(Dwell);
        }

        Assert.Equal(3, monitor.History.Count);
        Assert.Equal(MonitoringEventKind.Cleared, monitor.History[^1].Kind);
    }

    [Fact]
    public async Task Start_ByTheClock_LooksEachInterval()
    {
        var action = new FakeAction();
        await using var monitor = Watch(action);
        var fired = new TaskCompletionSource();
        monitor.Changed += _ => fired.TrySetResult();
        monitor.Start();
        _metric.Reading = 150;

        while (!fired.Task.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, action.Begun);
    }

    private EdgeMonitor Watch(FakeAction action) => new([Rule(_metric, action)], new MonitoringOptions(), _meter, _time, NullLogger.Instance);

    private WatchedRule Rule(IMonitoringMetric metric, IMonitoringAction action) =>
        new(new MonitoringRule("fake", new MonitoringQuantity(100, MonitoringUnit.Count), "fake") { MinimumDwell = Dwell }, metric, action, _time);

    private async Task ReadAsync(EdgeMonitor monitor, double? reading)
    {
        _metric.Reading = reading;
        await monitor.EvaluateAsync(Cancellation);
    }
}
