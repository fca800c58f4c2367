using System.Net;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.AspNetCore.Tests.Hosting;

/// <summary>An app that serves an instance in a directory of its own: HTTP/1.1 on one free port, HTTP/2 without TLS on another.</summary>
internal sealed class ServingHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder;
    private readonly WebApplication _app;

    private ServingHost(TemporaryDirectory folder, WebApplication app)
    {
        _folder = folder;
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Client = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        Channel = GrpcChannel.ForAddress(addresses[1], new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
    }

    public HttpClient Client { get; }

    public GrpcChannel Channel { get; }

    public IServiceProvider Services => _app.Services;

    public IModelStore Store => Services.GetRequiredService<IModelStore>();

    public string DataDirectory => _folder.Combine("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ServingHost> StartAsync(
        Action<EdgeAIOptions>? engine = null,
        Action<ServingOptions>? serving = null,
        Action<ServingEndpoints>? endpoints = null,
        Action<WebApplicationBuilder>? build = null)
    {
        var folder = new TemporaryDirectory();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddEdgeAI(options =>
        {
            options.DataDirectory = folder.Combine("data");
            engine?.Invoke(options);
        }).AddServing(serving);
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapEdgeAI(endpoints);
        await app.StartAsync(Cancellation);
        return new ServingHost(folder, app);
    }

    /// <summary>Imports models of the catalogue under their own names.</summary>
    public async Task ImportAsync(params IEnumerable<TestModel> models)
    {
        foreach (var model in models)
        {
            await ImportAsync(model, model.Name);
        }
    }

    /// <summary>Imports a model of the catalogue under a name.</summary>
    public async Task ImportAsync(TestModel model, ModelReference reference)
    {
        using var source = new TemporaryDirectory();
        await Store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    /// <summary>The sum of a number that the statistics of its models have.</summary>
    public async Task<long> CountAsync(string name)
    {
        using var response = await Client.GetAsync("/v2/models/stats", Cancellation);
        return (await response.ReadJsonAsync())["model_stats"]!.AsArray().Sum(model => (long)model![name]!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
