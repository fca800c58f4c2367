using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.DependencyInjection;

public sealed class TierTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StartAsync_WithALifecycle_MovesModelsByItself()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("store")).AddStorage(storage => storage
            .AddHotTier(_folder.Combine("nvme"), capacity: "64GB")
            .AddWarmTier(_folder.Combine("sata"), capacity: "200GB")
            .AddColdTier(_folder.Combine("hdd"))
            .AddLifecycle(rules => rules.Demote(after: TimeSpan.FromDays(7), to: Tier.Cold)));
        await using var provider = services.BuildServiceProvider();
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.StartAsync(Cancellation);
        await runtime.Store.ImportAsync("mlp:1", ModelSource.FromFile(TestModels.Mlp.Save(_folder)), null, Cancellation);
        await (await runtime.Engine.LoadAsync("mlp:1", Cancellation)).DisposeAsync();
        Assert.NotEmpty(Packs("sata"));
        time.Advance(TimeSpan.FromDays(7));

        while (Packs("sata").Length > 0 || (await runtime.Store.ListPlacementsAsync(Cancellation)).Any(model => model.WarmBytes > 0))
        {
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        Assert.NotEmpty(Packs("hdd"));
        await using var lease = await runtime.Engine.LoadAsync("mlp:1", Cancellation);
        using var outputs = await lease.RunAsync(TestModels.Mlp.CreateInputs(), cancellationToken: Cancellation);
        Assert.NotEmpty(outputs);
    }

    [Fact]
    public async Task PrewarmWorkingSet_AfterARestart_LaysOutWhatWasUsedLast()
    {
        await using (var first = Start())
        {
            var runtime = first.GetRequiredService<EdgeRuntime>();
            await runtime.Store.ImportAsync("used:1", ModelSource.FromFile(TestModels.Mlp.Save(_folder)), null, Cancellation);
            await (await runtime.Engine.LoadAsync("used:1", Cancellation)).DisposeAsync();
        }

        Directory.Delete(_folder.Combine("store", "hot"), recursive: true);
        await using var second = Start();
        var store = second.GetRequiredService<EdgeRuntime>().Store;
        await second.GetRequiredService<EdgeRuntime>().StartAsync(Cancellation);

        while (Assert.Single(await store.ListPlacementsAsync(Cancellation)).HotBytes == 0)
        {
            await Task.Yield();
        }

        ServiceProvider Start()
        {
            var services = new ServiceCollection();
            services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("store")).AddStorage(storage => storage.PrewarmWorkingSet());
            return services.BuildServiceProvider();
        }
    }

    [Fact]
    public void Bind_FromConfiguration_IsTheSameAsInCode()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Tiers:Hot:Directory"] = "/nvme/edgeai",
            ["Storage:Tiers:Hot:Capacity"] = "64GB",
            ["Storage:Tiers:Cold:Directory"] = "/hdd/edgeai",
            ["Storage:Tiers:Lifecycle:0:After"] = "7.00:00:00",
            ["Storage:Tiers:Lifecycle:0:To"] = "Cold",
        }).Build();
        var services = new ServiceCollection();
        services.AddEdgeAI(options => configuration.Bind(options));
        using var provider = services.BuildServiceProvider();

        var tiers = provider.GetRequiredService<IOptionsMonitor<EdgeAIOptions>>().CurrentValue.Storage.Tiers;

        Assert.Equal(("/nvme/edgeai", "64GB", "/hdd/edgeai"), (tiers.Hot.Directory, tiers.Hot.Capacity, tiers.Cold.Directory));
        Assert.Equal((TimeSpan.FromDays(7), Tier.Cold), (Assert.Single(tiers.Lifecycle).After, tiers.Lifecycle[0].To));
    }

    [Fact]
    public void AddHotTier_CapacityThatIsNone_StopsTheStart()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("store")).AddStorage(storage => storage.AddHotTier(_folder.Combine("nvme"), "64 apples"));
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<EdgeRuntime>());

        Assert.Contains("64 apples", exception.Message, StringComparison.Ordinal);
    }

    private string[] Packs(string tier) => Directory.Exists(_folder.Combine(tier)) ? Directory.GetFiles(_folder.Combine(tier), "*.pack", SearchOption.AllDirectories) : [];
}
