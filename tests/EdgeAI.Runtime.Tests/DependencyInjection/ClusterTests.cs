using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.DependencyInjection;

public sealed class ClusterTests : IDisposable
{
    private readonly TemporaryDirectory _clusters = new();
    private readonly IStorageTier _primary;
    private readonly IStorageTier _backup;

    public ClusterTests()
    {
        _clusters.CreateDirectory("primary", "objects");
        _clusters.CreateDirectory("backup", "objects");
        _primary = ModelStore.OpenObjects(_clusters.Combine("primary"));
        _backup = ModelStore.OpenObjects(_clusters.Combine("backup"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clusters.Dispose();

    [Fact]
    public async Task LoadAsync_ModelOnlyInACluster_JustWorks()
    {
        await using var origin = new TestRuntime(build: builder => builder.AddStorage(storage => storage.AddCluster("primary", _primary)));
        await origin.ImportAsync(TestModels.Mlp);
        await origin.Runtime.Store.FlushAsync(Cancellation);
        await using var node = new TestRuntime(build: builder => builder.AddStorage(storage => storage.AddCluster("primary", _ => _primary)));

        await using var lease = await node.Runtime.Engine.LoadAsync(TestModels.Mlp.Name, Cancellation);

        using var outputs = await lease.RunAsync(TestModels.Mlp.CreateInputs(), cancellationToken: Cancellation);
        Assert.NotEmpty(outputs);
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await node.Runtime.Engine.LoadAsync("nowhere:1", Cancellation));
    }

    [Fact]
    public async Task AddCluster_OfTwoInstances_StaysWithEach()
    {
        using var folder = new TemporaryDirectory();
        var services = new ServiceCollection();
        services.AddEdgeAI(options => options.DataDirectory = folder.Combine("a"))
            .AddStorage(storage => storage.AddCluster("primary", _primary).AddCluster("backup", _backup));
        services.AddEdgeAI("second", options => options.DataDirectory = folder.Combine("b"))
            .AddStorage(storage => storage.AddCluster("primary", _backup));
        await using var provider = services.BuildServiceProvider();
        using var source = new TemporaryDirectory();
        var model = ModelSource.FromFile(TestModels.Add.Save(source));

        await provider.GetRequiredKeyedService<IModelStore>("second").ImportAsync("model:1", model, null, Cancellation);
        await provider.GetRequiredKeyedService<IModelStore>("second").FlushAsync(Cancellation);
        var pulled = await provider.GetRequiredService<IModelStore>().PullAsync("model:1", cancellationToken: Cancellation);

        Assert.True(pulled.BytesMoved > 0);
        await Assert.ThrowsAsync<ModelNotFoundException>(
            async () => await provider.GetRequiredService<IModelStore>().PullAsync("model:1", "primary", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task LimitBandwidth_OfAStorage_IsTheInstances()
    {
        using var folder = new TemporaryDirectory();
        var services = new ServiceCollection();
        services.AddEdgeAI("limited", options => options.DataDirectory = folder.Combine("a"))
            .AddStorage(storage => storage.LimitBandwidth(up: "20Mbps", down: "100Mbps").AddCluster("primary", _primary));
        services.AddEdgeAI("wrong", options => options.DataDirectory = folder.Combine("b")).AddStorage(storage => storage.LimitBandwidth(up: "20 apples"));
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<EdgeAIOptions>>();
        Assert.Equal(("20Mbps", "100Mbps"), (options.Get("limited").Storage.Bandwidth.Up, options.Get("limited").Storage.Bandwidth.Down));
        Assert.Throws<OptionsValidationException>(() => options.Get("wrong"));
    }
}
