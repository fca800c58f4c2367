using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Storage;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Nodes;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>What every tier must do, by a host that keeps objects for others; and stores that have hosts as clusters.</summary>
public sealed class HttpNodeTierTests : StorageTierConformance, IAsyncLifetime
{
    private const string ReadKey = "read-key-0123456789";
    private const string WriteKey = "write-key-0123456789";

    private readonly TemporaryDirectory _shared = new();
    private ServingHost? _host;
    private HttpNodeTier? _tier;

    protected override IStorageTier Tier => _tier!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await ServingHost.StartAsync(serving: options =>
        {
            options.SharedDirectory = _shared.Path;
            options.ApiKeys.Add(new ApiKeyOptions { Name = "reader", Key = ReadKey, Scopes = { ServingScopes.ReadStore } });
            options.ApiKeys.Add(new ApiKeyOptions { Name = "writer", Key = WriteKey, Scopes = { ServingScopes.ReadStore, ServingScopes.WriteStore } });
        });
        _tier = new HttpNodeTier("node", AddressOf("shared"), WriteKey);
    }

    public async ValueTask DisposeAsync()
    {
        _tier?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _shared.Dispose();
    }

    [Fact]
    public async Task PullAsync_FromTheStoreOfAnotherHost_BringsTheModelAndWhatItLacks()
    {
        await _host!.ImportAsync(TestModels.MatMul, "m:1");
        await using var node = NodeOn("store", ReadKey);

        var first = await node.Runtime.Store.PullAsync("m:1", cancellationToken: Cancellation);
        await _host.ImportAsync(TestModels.FineTunedMatMul, "m:2");
        var second = await node.Runtime.Store.PullAsync("m:2", cancellationToken: Cancellation);
        await using var model = await node.Runtime.Engine.LoadAsync("m:2", Cancellation);

        Assert.Equal((await _host.Store.FindAsync("m:1", Cancellation))!.Digest, first.Model.Digest);
        Assert.True(second.BytesMoved < second.Model.Length, $"{second.BytesMoved} of {second.Model.Length} bytes were moved.");
        Assert.Equal((await _host.Store.FindAsync("m:2", Cancellation))!.Digest, model.Digest);
    }

    [Fact]
    public async Task ImportAsync_WithAHostAsCluster_GoesThereAndComesToAnotherNode()
    {
        await using var one = NodeOn("shared", WriteKey);
        await using var other = NodeOn("shared", ReadKey);
        await one.ImportAsync(TestModels.MatMul);

        await one.Runtime.Store.FlushAsync(Cancellation);
        var pulled = await other.Runtime.Store.PullAsync("matmul", cancellationToken: Cancellation);

        Assert.Equal((await one.Runtime.Store.FindAsync("matmul", Cancellation))!.Digest, pulled.Model.Digest);
    }

    [Fact]
    public async Task AnyCall_WithoutTheScope_SaysSo()
    {
        using var reader = new HttpNodeTier("node", AddressOf("shared"), ReadKey);
        using var nobody = new HttpNodeTier("node", AddressOf("shared"));
        using var store = new HttpNodeTier("node", AddressOf("store"), WriteKey);

        var write = await Assert.ThrowsAsync<StorageNodeException>(async () => await reader.PutAsync("a", new MemoryStream([1]), Cancellation));
        var read = await Assert.ThrowsAsync<StorageNodeException>(async () => await nobody.GetLengthAsync("a", Cancellation));
        var own = await Assert.ThrowsAsync<StorageNodeException>(async () => await store.PutAsync("packs/a", new MemoryStream([1]), Cancellation));
        var pins = await Assert.ThrowsAsync<StorageNodeException>(async () => await store.GetLengthAsync("pins/a", Cancellation));

        Assert.Contains("403", write.Message, StringComparison.Ordinal);
        Assert.Contains("401", read.Message, StringComparison.Ordinal);
        Assert.Contains("405", own.Message, StringComparison.Ordinal);
        Assert.Contains("403", pins.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_HostIsGone_SaysSo()
    {
        using var gone = new HttpNodeTier("node", new Uri("http://127.0.0.1:1/edgeai/v1/shared"));

        await Assert.ThrowsAsync<StorageNodeException>(async () => await gone.GetLengthAsync("a", Cancellation));
    }

    private Uri AddressOf(string objects) => new(_host!.Client.BaseAddress!, "/edgeai/v1/" + objects);

    private NodeRuntime NodeOn(string objects, string key) => new(storage => storage.AddNode("host", AddressOf(objects), key));
}
