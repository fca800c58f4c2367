using System.Net;
using System.Net.Sockets;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>
/// A way to an edge that gives wrong bytes of the right length, the same ones each time, as an edge does whose disk is bad: each byte of a body that stands at a multiple of a stride is another one.
/// </summary>
internal sealed class DamagingEdge : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _client = new();
    private readonly Uri _edge;
    private readonly Task _serving;
    private int _damaged;

    private DamagingEdge(Uri edge, int port)
    {
        _edge = edge;
        Address = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Which keys' bytes are damaged.</summary>
    public Predicate<string> Damages { get; set; } = _ => true;

    /// <summary>How many answers were damaged.</summary>
    public int Damaged => _damaged;

    public static DamagingEdge Start(Uri edge)
    {
        while (true)
        {
            try
            {
                return new DamagingEdge(edge, FindPort());
            }
            catch (HttpListenerException)
            {
                // Somebody else has taken the port.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _client.Dispose();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                answers.Add(AnswerAsync(await _listener.GetContextAsync()));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var path = context.Request.Url!.AbsolutePath;
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_edge.AbsoluteUri.TrimEnd('/') + path));
            request.Headers.TryAddWithoutValidation("Range", context.Request.Headers["Range"]);
            using var answer = await _client.SendAsync(request);
            var body = await answer.Content.ReadAsByteArrayAsync();
            if (answer.IsSuccessStatusCode && Damages(path))
            {
                Interlocked.Increment(ref _damaged);
                for (var place = 0; place < body.Length; place += 1 << 10)
                {
                    body[place] ^= 0x40;
                }
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            if (answer.Content.Headers.ContentRange is { } range)
            {
                context.Response.Headers["Content-Range"] = range.ToString();
            }

            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or HttpRequestException or ObjectDisposedException or IOException)
        {
            // The client has gone, or the edge; the other one hears of it.
            context.Response.Abort();
        }
    }

    private static int FindPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
