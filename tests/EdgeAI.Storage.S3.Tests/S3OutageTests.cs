using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Servers of a real cluster that die in the midst of a load, another cluster that takes over, and the return; and writers of one tag over both gateways.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3OutageTests(CephCluster ceph) : IAsyncLifetime
{
    // Eight ranges and more.
    private const int Length = 18 << 20;

    private static readonly byte[] Content = new SafetensorsBuilder().Tensor("w", "U8", SeededRandom.Bytes(5, Length), Length).Build();

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"outage-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task MaterializeAsync_BothGatewaysDieInTheMidst_GoesOnWithTheBackupAndReturns()
    {
        _folder.CreateDirectory("backup", "objects");
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1);
        await using (var origin = Open("origin", [.. ceph.Endpoints]))
        {
            await ImportAsync(origin, "m:1", Content);
            await ImportAsync(origin, "other:1", TestModels.Mlp.Content);
            await origin.FlushAsync(Cancellation);
        }

        var reads = 0;
        proxy.Choose = (_, path) =>
        {
            if (path.Contains("/packs/", StringComparison.Ordinal) && Interlocked.Increment(ref reads) == 3)
            {
                ceph.Kill("rgw.0");
                ceph.Kill("rgw.1");
            }

            return ProxyFault.None;
        };
        await using var node = Open("node", proxy.Address);
        (await node.MaterializeAsync("m:1", Cancellation)).Dispose();
        await RequireContentAsync(node, "m:1", Content);
        Assert.True(reads >= 3);

        // Offline, what is here needs nobody.
        var requests = proxy.Requests;
        (await node.MaterializeAsync("m:1", Cancellation)).Dispose();
        Assert.Equal(requests, proxy.Requests);

        // The primary is tried again now and then, and is the one that answers when it is well.
        await ceph.StartAsync();
        while (!await AsksThePrimaryAsync(node, proxy))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
        }

        await node.PullAsync("other:1", cancellationToken: Cancellation);
        await RequireContentAsync(node, "other:1", TestModels.Mlp.Content);
    }

    [Fact]
    public async Task ImportAndMaterialize_ADiskAndAGatewayDieInTheMidst_GoOn()
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1);
        var requests = 0;
        proxy.Choose = (_, path) =>
        {
            if (path.Contains("/packs/", StringComparison.Ordinal) && Interlocked.Increment(ref requests) is 2 or 6)
            {
                ceph.Kill(requests < 6 ? "osd.1" : "rgw.0");
            }

            return ProxyFault.None;
        };
        await using (var origin = Open("origin", withBackup: false, proxy.Address, ceph.Endpoints[1]))
        {
            await ImportAsync(origin, "m:1", Content);
            await origin.FlushAsync(Cancellation);
        }

        await using var node = Open("node", withBackup: false, proxy.Address, ceph.Endpoints[1]);
        (await node.MaterializeAsync("m:1", Cancellation)).Dispose();

        await RequireContentAsync(node, "m:1", Content);
        Assert.True(requests >= 6);
    }

    [Fact]
    public async Task FlushAsync_EightWritersOfOneTagOverBothGateways_ExactlyOneWins()
    {
        var models = TestModels.All.Take(8).ToArray();
        var stores = models.Select((_, i) => Open($"writer-{i}", withBackup: false, ceph.Endpoints[i % 2], ceph.Endpoints[1 - (i % 2)])).ToArray();
        try
        {
            var outcomes = await Task.WhenAll(stores.Select(async (store, i) =>
            {
                await ImportAsync(store, "m:1", models[i]);
                return await Record.ExceptionAsync(async () => await store.FlushAsync(Cancellation));
            }));

            var winner = Array.IndexOf(outcomes, Assert.Single(outcomes, outcome => outcome is null));
            var theirs = (await stores[winner].FindAsync("m:1", Cancellation))!.Digest;
            for (var i = 0; i < stores.Length; i++)
            {
                if (i != winner)
                {
                    var conflict = Assert.IsType<TagConflictException>(outcomes[i]);
                    Assert.Equal((theirs, (await stores[i].FindAsync("m:1", Cancellation))!.Digest), (conflict.Remote, conflict.Local));
                }
            }

            await using var node = Open("node", withBackup: false, ceph.Endpoints[1]);
            Assert.Equal(theirs, (await node.PullAsync("m:1", cancellationToken: Cancellation)).Model.Digest);
            await RequireContentAsync(node, "m:1", models[winner].Content);
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    // Asks for what is nowhere: each such look goes to the first cluster that is well, and then to the others.
    private static async Task<bool> AsksThePrimaryAsync(ModelStore node, FaultProxy proxy)
    {
        var before = proxy.Requests;
        await Assert.ThrowsAnyAsync<EdgeAIException>(async () => await node.PullAsync("none:1", cancellationToken: Cancellation));
        await Assert.ThrowsAnyAsync<EdgeAIException>(async () => await node.PullAsync("none:1", cancellationToken: Cancellation));
        await Assert.ThrowsAnyAsync<EdgeAIException>(async () => await node.PullAsync("none:1", cancellationToken: Cancellation));
        return proxy.Requests >= before + 3;
    }

    private async Task ImportAsync(ModelStore store, ModelReference reference, byte[] content)
    {
        using var source = new TemporaryDirectory();
        await store.ImportAsync(reference, ModelSource.FromFile(source.WriteFile("model.bin", content)), null, Cancellation);
    }

    private static async Task ImportAsync(ModelStore store, ModelReference reference, TestModel model)
    {
        using var source = new TemporaryDirectory();
        await store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    private static async Task RequireContentAsync(ModelStore store, ModelReference reference, byte[] content)
    {
        await using var stream = await store.OpenAsync(reference, null, Cancellation);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Cancellation);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(content), $"{reference} is not what was imported.");
    }

    private ModelStore Open(string node, params ReadOnlySpan<Uri> endpoints) => Open(node, withBackup: true, endpoints);

    private ModelStore Open(string node, bool withBackup, params ReadOnlySpan<Uri> endpoints)
    {
        var options = ceph.Options(_prefix);
        options.Endpoints.Clear();
        options.MaxRetries = withBackup ? 1 : 8;
        foreach (var endpoint in endpoints)
        {
            options.Endpoints.Add(endpoint);
        }

        var primary = new StorageCluster("primary", new S3Tier("primary", options));
        return ModelStore.Open(_folder.Combine(node), clusters: withBackup ? [primary, new StorageCluster("backup", ModelStore.OpenObjects(_folder.Combine("backup")))] : [primary]);
    }
}
