using EdgeAI.Models;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Stores whose cluster is behind something that damages what goes through it, both ways, now and then or always.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3DamageStoreTests(CephCluster ceph) : IAsyncLifetime
{
    private const double Share = 0.2;

    // What a stalled answer costs, in seconds.
    private const double StallCost = 2;

    private static readonly TestModel[] Models = [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];
    private static readonly ProxyFault[] Faults = [.. Enum.GetValues<ProxyFault>().Where(fault => fault != ProxyFault.None)];

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"damaged-{Guid.NewGuid():n}/";
    private int _wrong;
    private int _failed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ceph.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AnyCall_DamageNowAndThen_EndsWithRightBytesOrATypedException()
    {
        var random = new Random(NightlyRun.Seed);
        await using var first = new FaultProxy(ceph.Endpoints[0], NightlyRun.Seed);
        await using var second = new FaultProxy(ceph.Endpoints[1], NightlyRun.Seed + 1);
        first.Choose = second.Choose = (_, _) => ChooseFault(random);
        var rounds = NightlyRun.Count(5, 300);
        for (var round = 0; round < rounds; round++)
        {
            var model = Models[round % Models.Length];
            await TryAsync(() => SendAsync(first, second, model, $"{round}"));
            await TryAsync(() => BringAsync(first, second, model, $"{round}", $"node-{round}"));
        }

        // What was damaged is nowhere kept, and what was to go goes.
        first.Choose = second.Choose = (_, _) => ProxyFault.None;
        await using (var origin = Open("origin", first.Address, second.Address))
        {
            await origin.FlushAsync(Cancellation);
        }

        await using var fresh = Open("fresh", [.. ceph.Endpoints]);
        for (var round = 0; round < rounds; round++)
        {
            await fresh.PullAsync($"m{round}:1", cancellationToken: Cancellation);
            await RequireContentAsync(fresh, $"m{round}:1", Models[round % Models.Length]);
        }

        Assert.True((await fresh.VerifyAsync(Cancellation)).IsHealthy);
        Assert.True(_wrong > 10, $"Only {_wrong} were damaged.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{first.Requests + second.Requests} requests, {_wrong} damaged, {_failed} of {2 * rounds} calls failed, seed {NightlyRun.Seed}");
    }

    // Each fault of packs alone, at every second of their reads; the load goes on.
    [Theory]
    [InlineData(ProxyFault.FlipBody)]
    [InlineData(ProxyFault.Truncate)]
    [InlineData(ProxyFault.Duplicate)]
    [InlineData(ProxyFault.WrongRange)]
    [InlineData(ProxyFault.BreakOff)]
    [InlineData(ProxyFault.Page)]
    public async Task MaterializeAsync_PacksComeDamaged_AsksAgain(ProxyFault fault)
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1);
        await SendAsync(proxy, proxy, TestModels.MatMul, string.Empty);
        var reads = 0;
        proxy.Choose = (method, path) => method == "GET" && path.Contains("/packs/", StringComparison.Ordinal) && Interlocked.Increment(ref reads) % 2 == 1 ? fault : ProxyFault.None;

        await using var node = Open("node", proxy.Address);
        (await node.MaterializeAsync("m:1", Cancellation)).Dispose();

        await RequireContentAsync(node, "m:1", TestModels.MatMul);
        Assert.True(reads > 1);
    }

    [Fact]
    public async Task MaterializeAsync_PacksAlwaysComeDamaged_SaysSoAndKeepsNothing()
    {
        await using var proxy = new FaultProxy(ceph.Endpoints[0], 1);
        await SendAsync(proxy, proxy, TestModels.MatMul, string.Empty);
        proxy.Choose = (method, path) => method == "GET" && path.Contains("/packs/", StringComparison.Ordinal) ? ProxyFault.FlipBody : ProxyFault.None;
        await using var node = Open("node", proxy.Address);

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await node.MaterializeAsync("m:1", Cancellation));

        Assert.Empty(await node.ListAsync(Cancellation));
        proxy.Choose = (_, _) => ProxyFault.None;
        (await node.MaterializeAsync("m:1", Cancellation)).Dispose();
        await RequireContentAsync(node, "m:1", TestModels.MatMul);
    }

    private ProxyFault ChooseFault(Random random)
    {
        lock (random)
        {
            if (random.NextDouble() >= Share)
            {
                return ProxyFault.None;
            }

            _wrong++;
            return Faults[random.Next(Faults.Length)];
        }
    }

    // Each round has a store of its own instance, which has not yet left the cluster alone.
    private async Task SendAsync(FaultProxy first, FaultProxy second, TestModel model, string round)
    {
        await using var origin = Open("origin", StallCost, first.Address, second.Address);
        using var source = new TemporaryDirectory();
        await origin.ImportAsync($"m{round}:1", ModelSource.FromFile(model.Save(source)), null, Cancellation);
        await origin.FlushAsync(Cancellation);
    }

    private async Task BringAsync(FaultProxy first, FaultProxy second, TestModel model, string round, string node)
    {
        await using var store = Open(node, StallCost, first.Address, second.Address);
        (await store.MaterializeAsync($"m{round}:1", Cancellation)).Dispose();
        await RequireContentAsync(store, $"m{round}:1", model);
    }

    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (EdgeAIException)
        {
            _failed++;
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is EdgeAIException))
        {
            _failed++;
        }
    }

    private static async Task RequireContentAsync(ModelStore store, ModelReference reference, TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            await using var stream = await store.OpenAsync(reference, path, Cancellation);
            using var read = new MemoryStream();
            await stream.CopyToAsync(read, Cancellation);
            Assert.True(read.ToArray().AsSpan().SequenceEqual(content), $"{reference} {path} is not what was imported.");
        }
    }

    private ModelStore Open(string node, params ReadOnlySpan<Uri> endpoints) => Open(node, seconds: 30, endpoints);

    private ModelStore Open(string node, double seconds, params ReadOnlySpan<Uri> endpoints)
    {
        var options = ceph.Options(_prefix);
        options.Endpoints.Clear();
        foreach (var endpoint in endpoints)
        {
            options.Endpoints.Add(endpoint);
        }

        options.RequestTimeout = TimeSpan.FromSeconds(seconds);
        return ModelStore.Open(_folder.Combine(node), clusters: [new StorageCluster("primary", new S3Tier("primary", options))]);
    }
}
