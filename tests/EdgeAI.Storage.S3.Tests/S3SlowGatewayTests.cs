using System.Collections.Concurrent;
using System.Text;
using EdgeAI.Models;
using EdgeAI.Monitoring;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A real cluster's gateway that becomes slow is left for a backup by a rule, and returned to.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3SlowGatewayTests(CephCluster ceph) : IAsyncLifetime
{
    // Not the slowest requests: those a busy machine makes by itself.
    private const string Rules = """
        { "EdgeAI": { "Monitoring": { "Interval": "00:00:00.1", "Metrics": [
            { "Name": "storage_latency", "Threshold": "50ms", "Action": "switch_to_backup_storage", "Percentile": 60, "Window": "6s", "MinimumDwell": "2s" } ] } } }
        """;

    // Others use it all the time; the rest is each loaded once.
    private const string Traffic = "traffic";

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TestModel[] Models = [TestModels.Mlp, TestModels.MatMul, TestModels.Add];

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"slow-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ceph.StartAsync();
        using var client = ceph.MakeClient();
        await client.PutBucketAsync("edgeai-backup", Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task LoadAsync_GatewaySlowerThanTheRuleAllows_GoesToTheBackupWithinOneWindowAndBackAfterwards()
    {
        await PublishAsync();
        await using var primary = new FaultProxy(ceph.Endpoints[0], 1);
        await using var backup = new FaultProxy(ceph.Endpoints[1], 1);
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Rules));
        await using var services = Build("node", primary.Address, backup.Address, new ConfigurationBuilder().AddJsonStream(json).Build());
        var runtime = services.GetRequiredService<EdgeRuntime>();
        await runtime.StartAsync(Cancellation);
        await RequireReadsAsync(runtime, TestModels.Mlp, isSwitched: false, primary, backup);

        primary.Delay = Slow;
        var slowed = TimeProvider.System.GetUtcNow();
        await RequireReadsAsync(runtime, TestModels.MatMul, isSwitched: true, primary, backup);
        var fired = runtime.Monitor.History.First(told => told.At >= slowed);
        Assert.Equal((MonitoringEventKind.Fired, "reads go to 'backup' before 'primary'"), (fired.Kind, fired.Outcome));
        Assert.InRange(fired.At - slowed, TimeSpan.Zero, Window);
        Assert.InRange(fired.Reading!.Value, 0.05, 5);

        primary.Delay = TimeSpan.Zero;
        await RequireReadsAsync(runtime, TestModels.Add, isSwitched: false, primary, backup);
        var cleared = runtime.Monitor.History.First(told => told.At > fired.At);
        Assert.Equal((MonitoringEventKind.Cleared, "reads go to 'primary' first again"), (cleared.Kind, cleared.Outcome));
        Assert.InRange(cleared.Reading!.Value, 0, 0.045);
    }

    /// <summary>Waits until the rule holds or does not, loads a model that the node lacks, and runs it: all is read from the one cluster, and the other is only asked how it is.</summary>
    private static async Task RequireReadsAsync(EdgeRuntime runtime, TestModel model, bool isSwitched, FaultProxy primary, FaultProxy backup)
    {
        while (true)
        {
            await PullUntilAsync(runtime, () => runtime.Monitor.Rules[0] is { Reading: not null, IsActive: var isActive } && isActive == isSwitched);
            var events = runtime.Monitor.History.Count;
            var (fromPrimary, fromBackup) = (Listen(primary), Listen(backup));
            await using (var lease = await runtime.Engine.LoadAsync(model.Name, Cancellation))
            {
                (await lease.RunAsync(model.CreateInputs(), Cancellation)).Dispose();
            }

            // A machine that stood still for a moment made the rule change its mind meanwhile.
            if (runtime.Monitor.History.Count == events && runtime.Monitor.Rules[0].IsActive == isSwitched)
            {
                Assert.NotEmpty(isSwitched ? fromBackup : fromPrimary);
                Assert.DoesNotContain(isSwitched ? fromPrimary : fromBackup, request => isSwitched || !request.Contains("/signatures/", StringComparison.Ordinal));
                return;
            }

            await runtime.Store.RemoveAsync(model.Name, Cancellation);
        }
    }

    private static ConcurrentQueue<string> Listen(FaultProxy proxy)
    {
        var requests = new ConcurrentQueue<string>();
        proxy.Choose = (method, path) =>
        {
            if (!path.Contains("/probes/", StringComparison.Ordinal))
            {
                requests.Enqueue($"{method} {path}");
            }

            return ProxyFault.None;
        };
        return requests;
    }

    // What others do meanwhile: each pull asks the cluster where the name stands.
    private static async Task PullUntilAsync(EdgeRuntime runtime, Func<bool> isSo)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            Assert.False(late.IsCancellationRequested, $"The rule read {runtime.Monitor.Rules[0].Reading} in the end.");
            await runtime.Store.PullAsync(Traffic, cancellationToken: Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }
    }

    private async Task PublishAsync()
    {
        await using var services = Build("origin", ceph.Endpoints[0], ceph.Endpoints[1], new ConfigurationBuilder().Build());
        var store = services.GetRequiredService<IModelStore>();
        foreach (var model in Models)
        {
            await store.ImportAsync(model.Name, ModelSource.FromMemory(model.Content, model.FileName), null, Cancellation);
        }

        await store.ImportAsync(Traffic, ModelSource.FromMemory(SeededRandom.Bytes(3, 1 << 16), "traffic.bin"), null, Cancellation);
        await store.FlushAsync(Cancellation);
    }

    private ServiceProvider Build(string name, Uri primary, Uri backup, IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine(name)).AddStorage(storage => storage
            .AddS3Cluster("primary", options => Set(options, primary, "edgeai"))
            .AddS3Cluster("backup", options => Set(options, backup, "edgeai-backup")));
        return services.BuildServiceProvider();
    }

    private void Set(S3ClusterOptions options, Uri endpoint, string bucket)
    {
        var cluster = ceph.Options(_prefix);
        (options.Bucket, options.Region, options.AccessKey, options.SecretKey, options.Prefix) = (bucket, cluster.Region, cluster.AccessKey, cluster.SecretKey, cluster.Prefix);
        options.Endpoints.Add(endpoint);
    }
}
