using EdgeAI.Storage;
using EdgeAI.Storage.Nodes;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>Stores whose peer's process is killed while it sends.</summary>
public sealed class KilledNodeTests
{
    // Sockets hold some MiB more; most of the model is not sent then.
    private const int KilledAfter = 12 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TestModel Model { get; } = TestModels.MatMulOf("large", 4096);

    [Fact]
    public async Task PullAsync_PeerKilledWithinAPack_SaysSoAndGoesOnWhenItIsBack()
    {
        using var peer = new NodeProcess(Model);
        await peer.StartAsync();
        using var road = RoadThatKills(peer);
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = new HttpNodeTier("peer", peer.Store, null, http);
        await using var node = new NodeRuntime(storage => storage.AddCluster("peer", tier));
        var length = await tier.ListAsync("packs/", Cancellation).Select(found => found.Length).SumAsync(Cancellation);

        await Assert.ThrowsAnyAsync<EdgeAIException>(async () => await node.Runtime.Store.PullAsync("large", cancellationToken: Cancellation));
        await peer.StartAsync();
        var pulled = await PullAsync(node);

        // What had come is not fetched again.
        Assert.InRange(pulled.BytesMoved, 1, length - (KilledAfter / 2));
        Assert.True((await node.Runtime.Store.VerifyAsync(Cancellation)).IsHealthy);
    }

    [Fact]
    public async Task ReadAsync_PeerKilledWithinARange_SaysSo()
    {
        using var peer = new NodeProcess(Model);
        await peer.StartAsync();
        using var road = RoadThatKills(peer);
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = new HttpNodeTier("peer", peer.Store, null, http);
        var pack = await tier.ListAsync("packs/", Cancellation).OrderByDescending(found => found.Length).FirstAsync(Cancellation);

        var ended = await Assert.ThrowsAsync<StorageNodeException>(async () => await tier.ReadAsync(pack.Key, 0, new byte[pack.Length], Cancellation));
        await Assert.ThrowsAsync<StorageNodeException>(async () => await tier.ReadAsync(pack.Key, 0, new byte[1], Cancellation));

        Assert.Equal(peer.Store.Port, ended.Node.Port);
    }

    [Fact]
    public async Task MaterializeFromAsync_PeerKilledWhileItSends_TakesTheRestFromItsOwnPacks()
    {
        using var peer = new NodeProcess(Model);
        await peer.StartAsync();
        using var road = RoadThatKills(peer);
        using var http = new HttpClient(road, disposeHandler: false);
        using var tier = new HttpNodeTier("peer", peer.Store, null, http);
        await using var node = new NodeRuntime(_ => { });
        await node.ImportAsync(Model);
        await LoadAsync(peer);

        using var files = await ((ModelStore)node.Runtime.Store).MaterializeFromAsync("large", tier, Cancellation);

        await Assert.ThrowsAsync<StorageNodeException>(async () => await tier.GetLengthAsync("packs/a", Cancellation));
        Assert.True((await node.Runtime.Store.VerifyAsync(Cancellation)).IsHealthy);
    }

    // Who failed is left alone for a moment.
    private static async Task<PullResult> PullAsync(NodeRuntime node)
    {
        while (true)
        {
            try
            {
                return await node.Runtime.Store.PullAsync("large", cancellationToken: Cancellation);
            }
            catch (ClusterUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    private static WatchedRoad RoadThatKills(NodeProcess peer)
    {
        long come = 0;
        return new WatchedRoad(() => 64 << 10, read =>
        {
            // Once: whoever is started afterwards lives.
            var now = Interlocked.Add(ref come, read);
            if (now >= KilledAfter && now - read < KilledAfter)
            {
                peer.Kill();
            }
        });
    }

    // A request lays the model out there.
    private static async Task LoadAsync(NodeProcess peer)
    {
        using var client = new HttpClient();
        using var loaded = await client.PostAsync(new Uri(peer.Store, "/v2/repository/models/large/load"), null, Cancellation);
        loaded.EnsureSuccessStatusCode();
    }
}
