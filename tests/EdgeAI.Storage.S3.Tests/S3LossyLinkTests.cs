using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A real cluster at the other end of 20 Mbit/s, 100 ms each way and one packet of a hundred lost.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3LossyLinkTests(CephCluster ceph) : IAsyncLifetime
{
    private const int Length = 8 << 20;

    private static readonly byte[] Large = new SafetensorsBuilder().Tensor("w", "U8", SeededRandom.Bytes(5, Length), Length).Build();

    private readonly TemporaryDirectory _folder = new();
    private readonly CollectingLogger _log = new();
    private readonly string _prefix = $"link-{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ImportPullAndLoad_OverALossyLink_GoThroughAndNobodyIsLeftForSlow()
    {
        await using var link = await LossyLink.StartAsync(ceph, delay: 100, loss: 1, rate: 20);
        _folder.CreateDirectory("backup", "objects");
        await using (var origin = Open("origin", link, withBackup: false))
        {
            await ImportAsync(origin, "large:1", Large);
            await ImportAsync(origin, "small:1", TestModels.MatMul.Content);
            await origin.FlushAsync(Cancellation);
        }

        await using var node = Open("node", link, withBackup: true);
        var pull = node.PullAsync("large:1", cancellationToken: Cancellation).AsTask();

        // A load waits on this one: the pull beside it lets it go first.
        (await node.MaterializeAsync("small:1", Cancellation)).Dispose();
        Assert.False(pull.IsCompleted);
        await pull;

        await RequireContentAsync(node, "large:1", Large);
        await RequireContentAsync(node, "small:1", TestModels.MatMul.Content);
        Assert.True(_log.Lines.All(line => !line.Contains("failed", StringComparison.Ordinal)), string.Join('\n', _log.Lines));
    }

    private static async Task ImportAsync(ModelStore store, ModelReference reference, byte[] content)
    {
        using var source = new TemporaryDirectory();
        await store.ImportAsync(reference, ModelSource.FromFile(source.WriteFile("model.bin", content)), null, Cancellation);
    }

    private static async Task RequireContentAsync(ModelStore store, ModelReference reference, byte[] content)
    {
        await using var stream = await store.OpenAsync(reference, null, Cancellation);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Cancellation);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(content), $"{reference} is not what was imported.");
    }

    private ModelStore Open(string node, LossyLink link, bool withBackup)
    {
        var options = ceph.Options(_prefix);
        options.Endpoints.Clear();
        foreach (var endpoint in link.Endpoints)
        {
            options.Endpoints.Add(endpoint);
        }

        var primary = new StorageCluster("primary", new S3Tier("primary", options, logger: _log));
        return ModelStore.Open(
            _folder.Combine(node),
            logger: _log,
            clusters: withBackup ? [primary, new StorageCluster("backup", ModelStore.OpenObjects(_folder.Combine("backup")))] : [primary]);
    }
}
