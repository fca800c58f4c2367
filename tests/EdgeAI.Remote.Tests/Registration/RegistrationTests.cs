using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Remote.Tests.Registration;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AddRemoteCluster_SectionOfTheConfiguration_IsReadAndCodeWins()
    {
        using var services = Services(
            edge => edge.AddRemoteCluster("edge-cloud", options => options.MaxRetries = 7),
            ("Transport", "Rest"), ("Endpoints:0", "http://127.0.0.1:1"), ("MaxRetries", "5"), ("HealthTimeout", "00:00:03"), ("Models:ocr/det@v4:Name", "det"), ("Tls:ClientKeyPassword", "x"));

        var options = services.GetRequiredService<IOptionsMonitor<RemoteClusterOptions>>().Get("edge-cloud");

        Assert.Equal((RemoteTransport.Rest, 7, TimeSpan.FromSeconds(3)), (options.Transport, options.MaxRetries, options.HealthTimeout));
        Assert.Equal(new Uri("http://127.0.0.1:1"), Assert.Single(options.Endpoints));
        Assert.Equal("det", options.Models["ocr/det@v4"].Name);
        Assert.Contains(services.GetRequiredService<IInferenceEngine>().Devices, device => device.Device is { Provider: "edge-cloud", Kind: DeviceKind.Remote, Id: "remote" });
    }

    [Fact]
    public void AddRemoteClusters_SectionWithSeveral_AddsEach()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["EdgeAI:RemoteClusters:near:Endpoints:0"] = "http://127.0.0.1:1",
            ["EdgeAI:RemoteClusters:far:Endpoints:0"] = "http://127.0.0.1:2",
        }).Build();
        using var services = Services(edge => edge.AddRemoteClusters(configuration.GetSection(RemoteClusterOptions.SectionName)), configuration);

        Assert.Equal(["far:remote", "near:remote"], services.GetRequiredService<IInferenceEngine>().Devices.Select(device => device.Device.ToString()).Where(name => name.EndsWith("remote", StringComparison.Ordinal)).Order());
        Assert.Single(services.GetRequiredService<IOptionsMonitor<RemoteClusterOptions>>().Get("far").Endpoints);
    }

    [Theory]
    [InlineData("Endpoints, Dns, Service or an IRemoteEndpointSource", "MaxRetries", "3")]
    [InlineData("Endpoints, Dns, Service or an IRemoteEndpointSource", "Endpoints:0", "http://127.0.0.1:1", "Dns", "http://cluster:1")]
    [InlineData("Endpoints, Dns, Service or an IRemoteEndpointSource", "Service", "http://cluster", "Dns", "http://cluster:1")]
    [InlineData("http or https", "Service", "cluster")]
    [InlineData("without user", "Endpoints:0", "http://me:secret@127.0.0.1:1")]
    [InlineData("http or https", "Endpoints:0", "ftp://127.0.0.1:1")]
    [InlineData("MaxRetries is 21", "Endpoints:0", "http://127.0.0.1:1", "MaxRetries", "21")]
    [InlineData("HedgingPercentile is 20", "Endpoints:0", "http://127.0.0.1:1", "HedgingPercentile", "20")]
    [InlineData("HealthInterval is 00:00:00", "Endpoints:0", "http://127.0.0.1:1", "HealthInterval", "00:00:00")]
    [InlineData("BreakerFailureRatio is 0", "Endpoints:0", "http://127.0.0.1:1", "BreakerFailureRatio", "0")]
    [InlineData("no such file", "Endpoints:0", "http://127.0.0.1:1", "Tls:CaCertificatePath", "/nowhere/ca.pem")]
    [InlineData("without Tls:ClientCertificatePath", "Endpoints:0", "http://127.0.0.1:1", "Tls:ClientKeyPath", "/nowhere/key.pem")]
    [InlineData("ApiKeyHeader", "Endpoints:0", "http://127.0.0.1:1", "ApiKeyHeader", "a b")]
    [InlineData("printable", "Endpoints:0", "http://127.0.0.1:1", "ApiKey", "a b")]
    public void Start_WrongOption_StopsWithAReasonAndWithoutSecrets(string problem, params string[] pairs)
    {
        using var services = Services(edge => edge.AddRemoteCluster("edge-cloud"), [.. pairs.Chunk(2).Select(pair => (pair[0], pair[1]))]);

        var exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("edge-cloud", exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("Edge Cloud")]
    [InlineData("a:b")]
    public void AddRemoteCluster_NameThatIsNone_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddEdgeAI().AddRemoteCluster(name));

    [Fact]
    public void AddRemoteCluster_NameThatIsTaken_IsRefused()
    {
        var edge = new ServiceCollection().AddEdgeAI().AddRemoteCluster("edge-cloud");

        Assert.Throws<ArgumentException>(() => edge.AddRemoteCluster("edge-cloud"));
    }

    [Fact]
    public async Task AddRemoteCluster_EndpointsFromASource_AreUsed()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = new EdgeNode(options => options.Transport = RemoteTransport.Rest, source: _ => new Registry(server.Address));

        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();

        Assert.Equal(1, server.Runs);
    }

    [Fact]
    public async Task AddRemoteCluster_NamedInstances_HaveTheirOwn()
    {
        await using var server = await FakeServer.StartAsync();
        var services = new ServiceCollection();
        services.AddEdgeAI("one", options => options.DataDirectory = _folder.Combine("one")).AddRemoteCluster("edge", options => options.Endpoints.Add(new Uri("http://127.0.0.1:1")));
        services.AddEdgeAI("two", options => options.DataDirectory = _folder.Combine("two")).AddRemoteCluster("edge", options =>
        {
            options.Transport = RemoteTransport.Rest;
            options.Endpoints.Add(server.Address);
        });
        await using var provider = services.BuildServiceProvider();

        await using var lease = await provider.GetRequiredKeyedService<IInferenceEngine>("two").LoadAsync("add-one", new ModelLoadOptions { RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation);

        Assert.Equal("edge:remote", lease.Device.ToString());
        await Assert.ThrowsAsync<RemoteUnavailableException>(async () =>
            await provider.GetRequiredKeyedService<IInferenceEngine>("one").LoadAsync("add-one", new ModelLoadOptions { RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation));
    }

    private ServiceProvider Services(Action<IEdgeAIBuilder> build, params (string Key, string Value)[] cluster) => Services(
        build,
        new ConfigurationBuilder().AddInMemoryCollection(cluster.Select(pair => KeyValuePair.Create<string, string?>($"EdgeAI:RemoteClusters:edge-cloud:{pair.Key}", pair.Value))).Build());

    private ServiceProvider Services(Action<IEdgeAIBuilder> build, IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        build(services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data")));
        return services.BuildServiceProvider();
    }

    private sealed class Registry(Uri address) : IRemoteEndpointSource
    {
        public ValueTask<IReadOnlyList<Uri>> FindAsync(CancellationToken cancellationToken) => new([address]);
    }
}
