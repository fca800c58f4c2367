using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Running;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Remote.Tests.Hosting;

/// <summary>An instance in a directory of its own, with a cluster called <c>edge</c>.</summary>
internal sealed class EdgeNode : IAsyncDisposable
{
    public const string Device = "edge:remote";

    private readonly TemporaryDirectory _folder = new();
    private readonly ServiceProvider _services;

    public EdgeNode(Action<RemoteClusterOptions> cluster, Action<EdgeAIOptions>? engine = null, Func<IServiceProvider, IRemoteEndpointSource>? source = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        services.AddEdgeAI(options =>
        {
            options.DataDirectory = _folder.Combine("data");
            engine?.Invoke(options);
        }).AddRemoteCluster(
            "edge",
            options =>
            {
                options.HealthInterval = TimeSpan.FromMilliseconds(200);
                cluster(options);
            },
            source);
        _services = services.BuildServiceProvider();
        Engine.DeviceFailed += Faults.Add;
    }

    public LogWatch Log { get; } = new();

    public List<DeviceFault> Faults { get; } = [];

    public EdgeRuntime Runtime => _services.GetRequiredService<EdgeRuntime>();

    public IInferenceEngine Engine => Runtime.Engine;

    public RemoteClusterProvider Cluster => (RemoteClusterProvider)_services.GetServices<IExecutionProvider>().Single();

    public DeviceStatus Status => Engine.Devices.Single(device => device.Device.ToString() == Device);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Imports a model of the catalogue.</summary>
    public async Task ImportAsync(TestModel model, ModelReference? reference = null)
    {
        using var source = new TemporaryDirectory();
        await _services.GetRequiredService<EdgeRuntime>().Store.ImportAsync(reference ?? model.Name, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    /// <summary>Loads a model under a policy.</summary>
    public async Task<IModelLease> LoadAsync(ModelReference model, RemotePolicy? policy = null) =>
        await Engine.LoadAsync(model, new ModelLoadOptions { RemotePolicy = policy }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
