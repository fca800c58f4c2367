using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using EdgeAI.Storage;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Monitoring;

/// <summary>A primary that is slow is left for the backup, and returned to.</summary>
public sealed class StorageSwitchTests : IAsyncLifetime
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Dwell = TimeSpan.FromSeconds(10);
    private static readonly TestModel[] Models = [TestModels.Add, TestModels.Mlp, TestModels.MatMul];

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SlowTier _primary;
    private readonly SlowTier _backup;
    private readonly TestRuntime _node;

    public StorageSwitchTests()
    {
        _primary = new SlowTier(new MemoryTier("primary"), _time);
        _backup = new SlowTier(new MemoryTier("backup"), _time);
        _node = new TestRuntime(build: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            AddClusters(builder).AddMonitoringRule(
                MonitoringMetrics.StorageLatency,
                "50ms",
                MonitoringActions.SwitchToBackupStorage,
                rule => (rule.Window, rule.MinimumDwell) = ("5s", "10s"));
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEdgeMonitor Monitor => _node.Runtime.Monitor;

    private bool IsSwitched => Monitor.Rules[0].IsActive;

    public async ValueTask InitializeAsync()
    {
        await using var origin = new TestRuntime(build: builder => AddClusters(builder));
        foreach (var model in Models)
        {
            await origin.ImportAsync(model);
        }

        await origin.Runtime.Store.FlushAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Load_PrimaryPastTheThreshold_GoesToTheBackupWithinOneWindowAndBackAfterwards()
    {
        Assert.True((await ReadByLoadingAsync(TestModels.Add)) is (Primary: > 0, Backup: 0));

        // Slow: the load that meets it is the last one that does.
        _primary.Delay = TimeSpan.FromMilliseconds(60);
        var slowed = _time.GetTimestamp();
        Assert.True((await ReadByLoadingAsync(TestModels.Mlp)) is (Primary: > 0, Backup: 0));
        await EvaluateUntilAsync(() => IsSwitched);
        Assert.InRange(_time.GetElapsedTime(slowed), TimeSpan.Zero, Window);
        Assert.True((await ReadByLoadingAsync(TestModels.MatMul)) is (Primary: 0, Backup: > 0));

        // Well again: its own probes show that, once the slow answers have left the window.
        _primary.Delay = TimeSpan.Zero;
        var well = _time.GetTimestamp();
        await EvaluateUntilAsync(() => !IsSwitched);
        Assert.InRange(_time.GetElapsedTime(well), TimeSpan.Zero, Dwell + Window);
        await _node.Runtime.Store.RemoveAsync("add", Cancellation);
        Assert.True((await ReadByLoadingAsync(TestModels.Add)) is (Primary: > 0, Backup: 0));

        Assert.Equal([MonitoringEventKind.Fired, MonitoringEventKind.Cleared], Monitor.History.Select(told => told.Kind));
        Assert.Equal("reads go to 'backup' before 'primary'", Monitor.History[0].Outcome);
        Assert.InRange(Monitor.History[0].Reading!.Value, 0.055, 1);
    }

    [Fact]
    public async Task EvaluateAsync_NobodyReadsFromAPrimaryThatIsSlow_FindsThatOutByItself()
    {
        _primary.Delay = TimeSpan.FromMilliseconds(80);
        var slowed = _time.GetTimestamp();

        await EvaluateUntilAsync(() => IsSwitched);

        Assert.InRange(_time.GetElapsedTime(slowed), TimeSpan.Zero, Window);
        Assert.True((await ReadByLoadingAsync(TestModels.Add)) is (Primary: 0, Backup: > 0));
    }

    [Fact]
    public async Task EvaluateAsync_PrimaryDownAndFastToSaySo_IsNoGoodLatency()
    {
        _primary.IsDown = true;

        await EvaluateUntilAsync(() => IsSwitched);

        Assert.True(((IStorageControl)_node.Runtime.Store).PrefersBackup);
    }

    [Fact]
    public async Task StopAsync_WhileSwitched_ReadsFromThePrimaryAgain()
    {
        _primary.Delay = TimeSpan.FromMilliseconds(80);
        await EvaluateUntilAsync(() => IsSwitched);
        var control = Assert.IsType<IStorageControl>(_node.Runtime.Store, exactMatch: false);
        Assert.True(control.PrefersBackup);

        await _node.Runtime.StopAsync();

        Assert.False(control.PrefersBackup);
    }

    private IEdgeAIBuilder AddClusters(IEdgeAIBuilder builder) => builder.AddStorage(storage => storage.AddCluster("primary", _primary).AddCluster("backup", _backup));

    /// <summary>Loads a model that the node lacks.</summary>
    /// <returns>How often each cluster was read from.</returns>
    private async Task<(int Primary, int Backup)> ReadByLoadingAsync(TestModel model)
    {
        var before = (_primary.Reads, _backup.Reads);
        await (await _node.Runtime.Engine.LoadAsync(model.Name, Cancellation)).DisposeAsync();
        return (_primary.Reads - before.Item1, _backup.Reads - before.Item2);
    }

    private async Task EvaluateUntilAsync(Func<bool> isSo)
    {
        await Monitor.EvaluateAsync(Cancellation);
        while (!isSo())
        {
            _time.Advance(Window / 9);
            await Monitor.EvaluateAsync(Cancellation);
        }
    }
}
