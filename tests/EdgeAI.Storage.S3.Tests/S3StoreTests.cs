using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Nodes that have a real cluster behind them, and one beside it.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3StoreTests(CephCluster ceph) : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"store-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task LoadAsync_ModelThatAnotherNodeImported_ComesFromTheCluster()
    {
        await using var origin = Start("origin");
        await ImportAsync(origin, TestModels.Mlp);
        await origin.Store.FlushAsync(Cancellation);
        await using var node = Start("node");

        await LoadAndRunAsync(node, TestModels.Mlp);
    }

    [Fact]
    public async Task FlushAndLoad_AGatewayIsDead_GoOnByTheOther()
    {
        await using var origin = Start("origin");
        ceph.Kill("rgw.0");
        await ImportAsync(origin, TestModels.Mlp);
        await origin.Store.FlushAsync(Cancellation);
        await using var node = Start("node");

        await LoadAndRunAsync(node, TestModels.Mlp);
    }

    [Fact]
    public async Task LoadAsync_BothGatewaysAreDead_ComesFromTheBackupAndWhatIsHereNeedsNone()
    {
        _folder.CreateDirectory("backup", "objects");
        await using var origin = Start("origin", withBackup: true);
        await ImportAsync(origin, TestModels.Mlp);
        await origin.Store.FlushAsync(Cancellation);
        ceph.Kill("rgw.0");
        ceph.Kill("rgw.1");
        await using var node = Start("node", withBackup: true);

        await LoadAndRunAsync(origin, TestModels.Mlp);
        await LoadAndRunAsync(node, TestModels.Mlp);
        await ImportAsync(node, TestModels.Add);
        await LoadAndRunAsync(node, TestModels.Add);

        // What could not be sent waits for the cluster's return.
        await ceph.StartAsync();
        await node.Store.FlushAsync(Cancellation);
        await using var late = Start("late");
        await LoadAndRunAsync(late, TestModels.Add);
    }

    // What is doomed is deleted by the collection that dooms it; the first one condemns.
    [Fact]
    public async Task CollectClusterGarbageAsync_TagHasMovedOn_DeletesTheOldVersionAndKeepsTheNew()
    {
        await using var origin = Start("origin");
        await ImportAsync(origin, TestModels.Add, "model:1");
        await origin.Store.FlushAsync(Cancellation);
        await ImportAsync(origin, TestModels.Mlp, "model:1");
        await origin.Store.FlushAsync(Cancellation);
        var options = new ClusterCollectionOptions { Retention = TimeSpan.Zero };

        var first = await origin.Store.CollectClusterGarbageAsync("primary", options, Cancellation);
        var second = await origin.Store.CollectClusterGarbageAsync("primary", options, Cancellation);
        var third = await origin.Store.CollectClusterGarbageAsync("primary", options, Cancellation);

        Assert.True(first.Garbage >= 3 && first.Deleted == 0 && first.Problems.Count == 0, $"{first}");
        Assert.Equal((first.Garbage, first.GarbageBytes), (second.Deleted, second.BytesDeleted));
        Assert.Equal((0, 0), (third.Garbage, third.Deleted));
        await using var node = Start("node");
        await node.Store.PullAsync("model:1", cancellationToken: Cancellation);
        Assert.True((await node.Store.VerifyAsync(Cancellation)).IsHealthy);
    }

    private static async Task ImportAsync(EdgeRuntime node, TestModel model, ModelReference? name = null)
    {
        using var source = new TemporaryDirectory();
        await node.Store.ImportAsync(name ?? model.Name, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    private static async Task LoadAndRunAsync(EdgeRuntime node, TestModel model)
    {
        await using var lease = await node.Engine.LoadAsync(model.Name, Cancellation);
        using var outputs = await lease.RunAsync(model.CreateInputs(), Cancellation);
        Assert.NotEmpty(outputs);
    }

    private EdgeRuntime Start(string name, bool withBackup = false) => EdgeRuntime.Create(
        options => options.DataDirectory = _folder.Combine(name),
        builder => builder.AddStorage(storage =>
        {
            storage.AddS3Cluster("primary", options =>
            {
                var cluster = ceph.Options(_prefix);
                options.Bucket = cluster.Bucket;
                options.Region = cluster.Region;
                options.AccessKey = cluster.AccessKey;
                options.SecretKey = cluster.SecretKey;
                options.Prefix = cluster.Prefix;
                options.MaxRetries = 1;
                foreach (var endpoint in cluster.Endpoints)
                {
                    options.Endpoints.Add(endpoint);
                }
            });
            if (withBackup)
            {
                storage.AddCluster("backup", ModelStore.OpenObjects(_folder.Combine("backup")));
            }
        }));
}
