using EdgeAI.Configuration;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Storage.S3.Tests;

public sealed class S3ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddS3Clusters_OfASection_AddsEachWithItsOptions()
    {
        var services = new ServiceCollection();
        IStorageBuilder? storage = null;

        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data")).AddStorage(builder => storage = builder.AddS3Clusters(Section(
            ("a:Bucket", "models"),
            ("a:Endpoints:0", "http://127.0.0.1:1"),
            ("a:Endpoints:1", "http://127.0.0.1:2"),
            ("a:AccessKey", "access"),
            ("a:SecretKey", "secret"),
            ("a:RequestTimeout", "00:00:05"),
            ("b:Bucket", "others"),
            ("b:Prefix", "edge/"))));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(["a", "b"], provider.GetServices<StorageCluster>().Select(cluster => cluster.Name));
        Assert.All(provider.GetServices<StorageCluster>(), cluster => Assert.IsType<S3Tier>(cluster.Tier));
        Assert.NotNull(storage);
    }

    [Theory]
    [InlineData("a:Bukket", "models", "'Bukket' is no option")]
    [InlineData("a:Prefix", "models/", "Bucket must be given")]
    [InlineData("a:MaxRetries", "often", "can't be read")]
    [InlineData("a:Endpoints:0", "ftp://somewhere", "Bucket must be given")]
    public void AddS3Clusters_OfWhatCanNotBe_SaysWhich(string key, string value, string expected)
    {
        var exception = Assert.Throws<S3ClusterOptionsException>(() => new ServiceCollection().AddEdgeAI().AddStorage(builder => builder.AddS3Clusters(Section((key, value)))));

        Assert.Equal("a", exception.Cluster);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddS3Cluster_SecretInAnAddress_IsRefusedWithoutIt()
    {
        var exception = Assert.Throws<S3ClusterOptionsException>(() => new ServiceCollection().AddEdgeAI().AddStorage(builder => builder.AddS3Cluster("a", options =>
        {
            options.Bucket = "models";
            options.Endpoints.Add(new Uri("http://user:hidden@localhost"));
        })));

        Assert.DoesNotContain("hidden", exception.ToString(), StringComparison.Ordinal);
    }

    private static IConfigurationRoot Section(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value)))
        .Build();
}
