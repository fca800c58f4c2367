using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>A web server on this machine that answers as a test says, and remembers what it was asked.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<WebRequest> _requests = [];

    private WebServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>What was asked, in order.</summary>
    public WebRequest[] Requests => [.. _requests];

    public static async Task<WebServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Limits.MinResponseDataRate = null).UseUrls("http://127.0.0.1:0");
        var server = new WebServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>Says what is at a path.</summary>
    public void On(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    /// <summary>Says what is at a path: a file.</summary>
    public WebFile Serve(string path, byte[] content)
    {
        var file = new WebFile(content);
        On(path, file.AnswerAsync);
        return file;
    }

    public string UrlOf(string path) => new Uri(Address, path).AbsoluteUri;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        _requests.Enqueue(new WebRequest(context.Request.GetEncodedPathAndQuery(), headers.Authorization, headers.Range, headers.IfRange));
        if (_answers.TryGetValue(context.Request.Path.Value!, out var answer))
        {
            return answer(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
