using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Remote.Tests.Registration;

/// <summary>A cluster whose servers the app's service discovery knows.</summary>
public sealed class ServiceDiscoveryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://edge-cloud", "Services:edge-cloud:http:0")]
    [InlineData("http://_rest.edge-cloud", "Services:edge-cloud:rest:0")]
    public async Task Service_ServersThatTheConfigurationNames_HaveTheRunsAndAreFoundAgainWhenTheyChange(string service, string key)
    {
        await using var one = await FakeServer.StartAsync();
        await using var other = await FakeServer.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = one.Address.ToString() }).Build();
        await using var services = Build(service, configuration, services => services.AddServiceDiscovery());
        var engine = services.GetRequiredService<IInferenceEngine>();
        await using var lease = await engine.LoadAsync("add-one", new ModelLoadOptions { RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation);
        await RunAsync();
        Assert.Equal((1, 0), (one.Runs, other.Runs));

        configuration[key] = other.Address.ToString();
        configuration.Reload();
        using var late = new CancellationTokenSource(Patience);
        while (other.Runs == 0)
        {
            Assert.False(late.IsCancellationRequested, "The other server was not found.");
            await RunAsync();
        }

        async Task RunAsync() => (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
    }

    [Fact]
    public async Task Service_AppWithoutServiceDiscovery_SaysWhatIsMissing()
    {
        await using var services = Build("http://edge-cloud", new ConfigurationBuilder().Build(), _ => { });

        var exception = Assert.Throws<InvalidOperationException>(services.GetRequiredService<IInferenceEngine>);

        Assert.Contains("AddServiceDiscovery", exception.Message, StringComparison.Ordinal);
    }

    private ServiceProvider Build(string service, IConfiguration configuration, Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration).AddLogging();
        add(services);
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data")).AddRemoteCluster("edge-cloud", options =>
        {
            options.Transport = RemoteTransport.Rest;
            options.Service = new Uri(service);
            options.RefreshInterval = TimeSpan.FromMilliseconds(50);
        });
        return services.BuildServiceProvider();
    }
}
