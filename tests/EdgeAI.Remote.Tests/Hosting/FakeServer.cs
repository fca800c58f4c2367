using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Remote.Tests.Hosting;

/// <summary>A server of the protocol over REST that does as the test says, for the ways of servers that ours does not have. Its one model adds 1 to <c>x</c>, which has two elements.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Metadata = """{"name":"add-one","inputs":[{"name":"x","datatype":"FP32","shape":[2]}],"outputs":[{"name":"y","datatype":"FP32","shape":[2]}]}""";

    private readonly WebApplication _app;
    private int _runs;

    private FakeServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public bool IsReady { get; set; } = true;

    /// <summary>What it knows of the model; null for a server that does not have it.</summary>
    public string? Description { get; set; } = Metadata;

    /// <summary>What its extensions are.</summary>
    public string Extensions { get; set; } = """["binary_tensor_data"]""";

    /// <summary>Answers runs.</summary>
    public Func<HttpContext, byte[], Task> OnRun { get; set; } = AddOneAsync;

    /// <summary>Answers everything else that is no health check before the server does; false where it is the server's.</summary>
    public Func<HttpContext, Task<bool>> OnAny { get; set; } = _ => Task.FromResult(false);

    public int Runs => Volatile.Read(ref _runs);

    public ConcurrentQueue<string> Keys { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FakeServer> StartAsync(Action<ListenOptions>? listen = null, IPAddress? address = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, port, options => listen?.Invoke(options)));
        if (listen is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(Cancellation);
        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>The right answer.</summary>
    public static Task AddOneAsync(HttpContext context, byte[] body)
    {
        var length = int.Parse(context.Request.Headers["Inference-Header-Content-Length"]!, System.Globalization.CultureInfo.InvariantCulture);
        var x = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(body.AsSpan(length));
        return JsonAsync(context, $$"""{"model_name":"add-one","outputs":[{"name":"y","datatype":"FP32","shape":[2],"data":[{{x[0] + 1}},{{x[1] + 1}}]}]}""");
    }

    public static Task JsonAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    /// <summary>Refuses with a status.</summary>
    public static Func<HttpContext, byte[], Task> Refuse(int status, int? retryAfter = null) => (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return JsonAsync(context, """{"error":"no"}""");
    };

    /// <summary>The parameters of a request.</summary>
    public static JsonElement ParametersOf(HttpContext context, byte[] body)
    {
        var length = int.Parse(context.Request.Headers["Inference-Header-Content-Length"]!, System.Globalization.CultureInfo.InvariantCulture);
        using var json = JsonDocument.Parse(body.AsMemory(0, length));
        return json.RootElement.GetProperty("parameters").Clone();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Keys.Enqueue(context.Request.Headers.Authorization + context.Request.Headers["X-Api-Key"].ToString());
        if (path == "/v2/health/ready")
        {
            context.Response.StatusCode = IsReady ? 200 : 400;
        }
        else if (await OnAny(context))
        {
            return;
        }
        else if (path == "/v2")
        {
            await JsonAsync(context, $$"""{"name":"fake","version":"1","extensions":{{Extensions}}}""");
        }
        else if (context.Request.Method == HttpMethods.Get)
        {
            context.Response.StatusCode = Description is null ? 404 : 200;
            await JsonAsync(context, Description ?? """{"error":"there is no such model"}""");
        }
        else
        {
            Interlocked.Increment(ref _runs);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await OnRun(context, body.ToArray());
        }
    }
}
