using System.Net;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.Models;
using EdgeAI.Remote.Configuration;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Remote.Tests.Hosting;

/// <summary>Another EdgeAI instance, served by a server in the test's process that can go away and come back.</summary>
internal sealed class RemoteHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Action<ServingOptions>? _serving;
    private WebApplication? _app;

    private RemoteHost(Action<ServingOptions>? serving) => _serving = serving;

    public Uri Rest { get; private set; } = new("http://127.0.0.1:0");

    public Uri Grpc { get; private set; } = new("http://127.0.0.1:0");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RemoteHost> StartAsync(Action<ServingOptions>? serving = null)
    {
        var host = new RemoteHost(serving);
        await host.ComeAsync();
        return host;
    }

    public Uri AddressOf(RemoteTransport transport) => transport == RemoteTransport.Grpc ? Grpc : Rest;

    /// <summary>Serves, at the addresses that it had before.</summary>
    public async Task ComeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Rest.Port);
            kestrel.Listen(IPAddress.Loopback, Grpc.Port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data")).AddServing(_serving);
        _app = builder.Build();
        _app.MapEdgeAI();
        await _app.StartAsync(Cancellation);
        Uri[] addresses = [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];
        (Rest, Grpc) = (addresses[0], addresses[1]);
    }

    /// <summary>Is gone, with all connections.</summary>
    public async Task GoAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
    }

    public async Task ImportAsync(TestModel model, ModelReference? reference = null)
    {
        using var source = new TemporaryDirectory();
        await _app!.Services.GetRequiredService<IModelStore>().ImportAsync(reference ?? model.Name, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await GoAsync();
        _folder.Dispose();
    }
}
