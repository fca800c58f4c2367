using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Stores that read a real cluster through an edge that damages what it gives, or that is all that is left.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3EdgeStoreTests(CephCluster ceph) : IAsyncLifetime
{
    private static readonly byte[] Content = MakeContent();

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"{CephCluster.OpenPrefix}edge-{Guid.NewGuid():n}/";
    private readonly List<IDisposable> _tiers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _tiers.ForEach(tier => tier.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("packs/")]
    [InlineData("plans/")]
    [InlineData("")]
    public async Task PullAsync_TheEdgeKeepsDamagedBytes_ComesRightFromTheGateways(string damaged)
    {
        await PublishAsync();
        using var edge = await NginxEdge.StartAsync(ceph);
        await using var damaging = DamagingEdge.Start(edge.AddressOf("models"));
        damaging.Damages = path => path.Contains($"/{damaged}", StringComparison.Ordinal);
        await using var node = Open("node", damaging.Address);

        await node.PullAsync("m:1", cancellationToken: Cancellation);

        Assert.True(damaging.Damaged > 0);
        await RequireContentAsync(node);
    }

    [Fact]
    public async Task PullAsync_ByDigestWithBothGatewaysDead_ComesFromTheEdgeAlone()
    {
        var digest = await PublishAsync();
        using var edge = await NginxEdge.StartAsync(ceph);
        await using (var first = Open("first", edge.AddressOf("models")))
        {
            await first.PullAsync("m:1", cancellationToken: Cancellation);
        }

        ceph.Kill("rgw.0");
        ceph.Kill("rgw.1");
        await using var node = Open("node", edge.AddressOf("models"));
        await node.PullAsync(ModelReference.Parse($"m@{digest}"), cancellationToken: Cancellation);

        await RequireContentAsync(node);
    }

    private static byte[] MakeContent()
    {
        var content = new byte[3 << 20];
        new Random(5).NextBytes(content);
        return content;
    }

    private static async Task RequireContentAsync(ModelStore store)
    {
        var model = Assert.Single(await store.ListAsync(Cancellation));
        await using var stream = await store.OpenAsync(model.Reference, null, Cancellation);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancellation);
        Assert.Equal(Content, content.ToArray());
        Assert.Empty((await store.VerifyAsync(Cancellation)).Problems);
    }

    private async Task<Digest> PublishAsync()
    {
        await using var origin = Open("origin", null);
        var imported = await origin.ImportAsync("m:1", ModelSource.FromMemory(Content, "m.bin"), null, Cancellation);
        await origin.FlushAsync(Cancellation);
        return imported.Model.Digest;
    }

    private ModelStore Open(string name, Uri? readEndpoint)
    {
        var options = ceph.Options(_prefix);
        options.ReadEndpoint = readEndpoint;
        options.MaxRetries = 1;

        // A machine under load is slow too.
        options.ReadEndpointTimeout = TimeSpan.FromSeconds(30);
        var tier = new S3Tier("primary", options);
        _tiers.Add(tier);
        return ModelStore.Open(_folder.Combine(name), clusters: [new StorageCluster("primary", tier) { SlowAfter = TimeSpan.FromSeconds(30) }]);
    }
}
