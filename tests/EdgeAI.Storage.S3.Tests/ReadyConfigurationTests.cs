using EdgeAI.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>The configurations in samples are what they say: read whole, and within the ranges.</summary>
public sealed class ReadyConfigurationTests
{
    [Theory]
    [InlineData("one-machine.json", "60GB", 0, null)]
    [InlineData("production.json", "200GB", 2, null)]
    [InlineData("many-readers.json", "500GB", 1, "cdn.example.org")]
    public async Task AddEdgeAI_WithAReadyConfiguration_IsValid(string file, string hot, int clusters, string? readsFrom)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "configurations", file)).Build();
        var services = new ServiceCollection();
        services.AddEdgeAI(configuration.GetSection("EdgeAI")).AddStorage(storage => storage.AddS3Clusters(configuration.GetSection("EdgeAI:Storage:Clusters")));
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<EdgeAIOptions>>().CurrentValue;

        Assert.Equal(hot, options.Storage.Tiers.Hot.Capacity);
        Assert.True(options.Memory.HostPrivateBytes < options.Memory.HostMappedBytes);
        Assert.Equal(clusters, provider.GetServices<StorageCluster>().Count());
        var section = configuration.GetSection("EdgeAI:Storage:Clusters").GetChildren().FirstOrDefault();
        Assert.Equal(readsFrom, section?["ReadEndpoint"] is { } address ? new Uri(address).Host : null);
    }
}
