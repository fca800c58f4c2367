using System.Net;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Browser.Tests.Hosting;

/// <summary>An app that serves an instance and its page over Kestrel, and can be stopped and started again where it was.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Action<ServingOptions>? _serving;
    private readonly Action<IEdgeAIBuilder>? _build;
    private readonly Action<EdgeAIOptions>? _engine;
    private WebApplication? _app;

    private PageHost(Action<ServingOptions>? serving, Action<IEdgeAIBuilder>? build, Action<EdgeAIOptions>? engine) => (_serving, _build, _engine) = (serving, build, engine);

    /// <summary>Where the app is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where the page is.</summary>
    public string Page => new Uri(Address, "edgeai").ToString();

    public HttpClient Client { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public IModelStore Store => Services.GetRequiredService<IModelStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PageHost> StartAsync(Action<ServingOptions>? serving = null, Action<IEdgeAIBuilder>? build = null, Action<EdgeAIOptions>? engine = null)
    {
        var host = new PageHost(serving, build, engine);
        await host.StartAsync(0);
        host.Client.BaseAddress = host.Address;
        return host;
    }

    /// <summary>Ends the app, in the middle of whatever it does.</summary>
    public async Task StopAsync()
    {
        await _app!.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Starts it again, with the same directory and port.</summary>
    public Task RestartAsync() => StartAsync(Address.Port);

    public async Task ImportAsync(params IEnumerable<TestModel> models)
    {
        foreach (var model in models)
        {
            await ImportAsync(model, model.Name);
        }
    }

    public async Task ImportAsync(TestModel model, ModelReference reference)
    {
        using var source = new TemporaryDirectory();
        await Store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await StopAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var edge = builder.Services.AddEdgeAI(options =>
        {
            options.DataDirectory = _folder.Combine("data");
            _engine?.Invoke(options);
        }).AddServing(_serving);
        _build?.Invoke(edge);
        _app = builder.Build();
        _app.MapEdgeAI();
        await _app.StartAsync(Cancellation);
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }
}
