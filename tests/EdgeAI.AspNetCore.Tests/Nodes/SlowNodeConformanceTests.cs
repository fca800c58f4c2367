using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Storage;
using EdgeAI.Storage.Conformance;
using EdgeAI.Storage.Nodes;
using EdgeAI.Testing.Files;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>What every tier must do, by a host whose answers come in small pieces.</summary>
public sealed class SlowNodeConformanceTests : StorageTierConformance, IAsyncLifetime
{
    private const string Key = "write-key-0123456789";

    private readonly TemporaryDirectory _shared = new();
    private ServingHost? _host;
    private HttpClient? _http;
    private HttpNodeTier? _tier;

    protected override IStorageTier Tier => _tier!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServingHost.StartAsync(serving: options =>
        {
            options.SharedDirectory = _shared.Path;
            options.ApiKeys.Add(new ApiKeyOptions { Name = "writer", Key = Key, Scopes = { ServingScopes.ReadStore, ServingScopes.WriteStore } });
        });
        var random = new Random(1);
        _http = new HttpClient(new WatchedRoad(() =>
        {
            lock (random)
            {
                return random.Next(10) == 0 ? 1 : random.Next(1, 8192);
            }
        }));
        _tier = new HttpNodeTier("node", new Uri(_host.Client.BaseAddress!, "/edgeai/v1/shared"), Key, _http);
    }

    public async ValueTask DisposeAsync()
    {
        _tier?.Dispose();
        _http?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _shared.Dispose();
    }
}
