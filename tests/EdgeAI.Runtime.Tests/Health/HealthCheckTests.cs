using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Monitoring;
using EdgeAI.Runtime.Tests.Scheduling;
using EdgeAI.Storage;
using EdgeAI.Storage.Tiers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Health;

public sealed class HealthCheckTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddEdgeAI_BeforeAndAfterTheStart_IsLiveAndThenReady()
    {
        await using var provider = Build();
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (await CheckAsync(provider, "live"), await CheckAsync(provider, "ready")));

        await provider.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Healthy), (await CheckAsync(provider, "live"), await CheckAsync(provider, "ready")));
    }

    [Fact]
    public async Task AddEdgeAI_StoreCannotBeOpened_IsNotReady()
    {
        File.WriteAllText(_folder.Combine("file"), "no folder");
        await using var provider = Build(configure: options => options.DataDirectory = _folder.Combine("file", "data"));
        await provider.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);

        var entry = await ReadAsync(provider, "ready");

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("The store can't be opened", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddEdgeAI_SeveralThingsWrong_IsDegradedWithEachReason()
    {
        var cluster = new SlowTier(new MemoryTier("primary"), _time) { IsDown = true };
        await using var provider = Build(
            builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster).AddCluster("backup", new MemoryTier("backup"))).AddMonitoringRule("outbox_age", "1m", "notify"),
            health: options => options.DiskUsage = 0);
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.StartAsync(Cancellation);
        using var source = new TemporaryDirectory();
        await runtime.Store.ImportAsync("add", ModelSource.FromFile(TestModels.Add.Save(source)), null, Cancellation);
        _time.Advance(TimeSpan.FromHours(2));
        await runtime.Monitor.EvaluateAsync(Cancellation);
        ((IStorageControl)runtime.Store).PrefersBackup = true;

        var entry = await ReadAsync(provider, "ready");

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.All(
            ["still to go to clusters", "Reads go to the backup cluster first.", "% full.", "The rule 'outbox_age > 60s: notify' holds."],
            reason => Assert.Contains(reason, entry.Description, StringComparison.Ordinal));
        Assert.True(entry.Data.Count >= 4);
    }

    [Fact]
    public async Task AddEdgeAI_ClusterLeftAlone_IsDegradedUntilItAnswersAgain()
    {
        var cluster = new SlowTier(new MemoryTier("primary"), _time) { IsDown = true };
        await using var provider = Build(builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster)));
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.StartAsync(Cancellation);
        var control = (IStorageControl)runtime.Store;
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await control.ProbePrimaryAsync(Cancellation));
        }

        var entry = await ReadAsync(provider, "ready");
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("The cluster 'primary' is left alone after failures.", entry.Description, StringComparison.Ordinal);

        cluster.IsDown = false;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(provider, "ready"));
    }

    [Fact]
    public async Task AddEdgeAI_DeviceLeftAlone_IsDegradedUntilItIsTriedAgain()
    {
        var npu = new TestProvider("npu", DeviceKind.Npu) { OnRun = (_, _) => throw new IOException("The bus is broken.") };
        await using var provider = Build(builder => builder.Services.AddSingleton<IExecutionProvider>(npu));
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.StartAsync(Cancellation);
        TestModel[] models = [TestModels.Add, TestModels.AddOne, TestModels.Mlp];
        foreach (var model in models)
        {
            using var source = new TemporaryDirectory();
            await runtime.Store.ImportAsync(model.Name, ModelSource.FromFile(model.Save(source)), null, Cancellation);
            await using var lease = await runtime.Engine.LoadAsync(model.Name, Cancellation);
            (await lease.RunAsync(model.CreateInputs(), Cancellation)).Dispose();
        }

        var entry = await ReadAsync(provider, "ready");
        Assert.Equal((HealthStatus.Degraded, 3), (entry.Status, npu.Runs));
        Assert.Contains("The device npu:0 is left alone. It failed 3 times in a row", entry.Description, StringComparison.Ordinal);
        Assert.Contains("The bus is broken.", entry.Description, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(provider, "ready"));
    }

    private ServiceProvider Build(Action<IEdgeAIBuilder>? build = null, Action<EdgeAIOptions>? configure = null, Action<HealthOptions>? health = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        var builder = services.AddEdgeAI(options =>
        {
            options.DataDirectory = _folder.Combine("data");
            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        services.AddHealthChecks().AddEdgeAI(configure: health);
        return services.BuildServiceProvider();
    }

    private static async Task<HealthStatus> CheckAsync(ServiceProvider provider, string tag) => (await ReadAsync(provider, tag)).Status;

    private static async Task<HealthReportEntry> ReadAsync(ServiceProvider provider, string tag) =>
        Assert.Single((await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag), Cancellation)).Entries).Value;
}
