using System.Net;
using System.Net.Sockets;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>Stands before a gateway, and damages what goes through it as it is told to: a fault for each request, chosen by the test.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly int[] PageStatuses = [200, 206, 301, 403, 404, 412, 500, 503];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _gateway;
    private readonly Random _random;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="gateway">What is behind it.</param>
    /// <param name="seed">Where random choices begin.</param>
    public FaultProxy(Uri gateway, int seed)
    {
        _gateway = gateway;
        _random = new Random(seed);
        _listener.Start(512);
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    /// <summary>Chooses what happens to a request, by its method and its path.</summary>
    public Func<string, string, ProxyFault> Choose { get; set; } = (_, _) => ProxyFault.None;

    /// <summary>How long each request waits before the gateway hears of it.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The status of pages; null for any.</summary>
    public int? PageStatus { get; set; }

    /// <summary>How many requests have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    if (!await AnswerAsync(client, stream, request))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two has gone.
            }
        }
    }

    private Task<ProxyMessage?> ReadRequestAsync(Stream stream) => ProxyMessage.ReadAsync(
        stream,
        readsToEnd: false,
        hasBody: true,
        async head =>
        {
            if (ProxyMessage.Find(head, "Expect") is not null)
            {
                await WriteAsync(stream, "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
            }
        },
        _end.Token);

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> AnswerAsync(TcpClient client, Stream stream, ProxyMessage request)
    {
        Interlocked.Increment(ref _requests);
        var isHead = request.First[0] == "HEAD";
        var fault = Choose(request.First[0], Uri.UnescapeDataString(request.First[1]));
        if (fault == ProxyFault.Refuse)
        {
            return Reset(client);
        }

        if (fault == ProxyFault.Page)
        {
            await WriteAsync(stream, MakePage(isHead).ToBytes());
            return true;
        }

        if (fault == ProxyFault.RepeatRequest)
        {
            await AskAsync(request, isHead, breaksOff: false);
        }

        await Task.Delay(Delay, TimeProvider.System, _end.Token);
        request = fault == ProxyFault.FlipRequest ? request with { Body = Flip(request.Body) } : request;
        var answer = await AskAsync(request, isHead, breaksOff: fault == ProxyFault.BreakOffRequest);
        return answer is null || fault == ProxyFault.LoseAnswer ? Reset(client) : await SendAsync(client, stream, answer, fault, isHead);
    }

    private async Task<bool> SendAsync(TcpClient client, Stream stream, ProxyMessage answer, ProxyFault fault, bool isHead)
    {
        answer = isHead ? answer : answer.WithBody(answer.Body);
        var bytes = Damage(answer, fault, isHead).ToBytes();
        if (fault is ProxyFault.BreakOff or ProxyFault.Stall)
        {
            await WriteAsync(stream, bytes[..Next(bytes.Length)]);
            if (fault == ProxyFault.Stall)
            {
                // Until the other side has had enough.
                await stream.CopyToAsync(Stream.Null, _end.Token);
            }

            return Reset(client);
        }

        if (fault == ProxyFault.Trickle)
        {
            foreach (var drop in bytes.Chunk(Math.Max(1, bytes.Length / 10)))
            {
                await WriteAsync(stream, drop);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _end.Token);
            }

            return true;
        }

        await WriteAsync(stream, bytes);
        return true;
    }

    private ProxyMessage Damage(ProxyMessage answer, ProxyFault fault, bool isHead) => fault switch
    {
        ProxyFault.Truncate when !isHead => answer.WithBody(answer.Body[..Next(answer.Body.Length)]),
        ProxyFault.Duplicate when !isHead => answer.WithBody(Duplicate(answer.Body)),
        ProxyFault.FlipBody => answer with { Body = Flip(answer.Body) },
        ProxyFault.FlipHead => answer with { Head = FlipHead(answer.Head) },
        ProxyFault.WrongRange when ProxyMessage.Find(answer.Head, "Content-Range") is { } range => answer.With("Content-Range", range.Replace("bytes ", "bytes 1", StringComparison.Ordinal)),
        _ => answer,
    };

    private ProxyMessage MakePage(bool isHead)
    {
        var body = "<!DOCTYPE html><html><head><title>Please log in</title></head><body><p>Please log in<br>here.</body></html>"u8.ToArray();
        var page = new ProxyMessage($"HTTP/1.1 {PageStatus ?? PageStatuses[Next(PageStatuses.Length)]} Page\r\nContent-Type: text/html\r\n\r\n", []).WithBody(body);
        return isHead ? page with { Body = [] } : page;
    }

    // Each request has a connection of its own, at whose end the answer ends.
    private async Task<ProxyMessage?> AskAsync(ProxyMessage request, bool isHead, bool breaksOff)
    {
        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(_gateway.Host, _gateway.Port, _end.Token);
        await using var stream = server.GetStream();
        var head = request with { Head = request.With("Connection", "close").Head.Replace(" HTTP/1.1\r\n", " HTTP/1.0\r\n", StringComparison.Ordinal) };
        var bytes = head.ToBytes();
        if (breaksOff)
        {
            await WriteAsync(stream, bytes[..(bytes.Length - (request.Body.Length / 2) - 1)]);
            return null;
        }

        await WriteAsync(stream, bytes);
        while (true)
        {
            var answer = await ProxyMessage.ReadAsync(stream, readsToEnd: true, hasBody: !isHead, onHead: null, _end.Token);
            if (answer is null || !answer.First[1].StartsWith('1'))
            {
                return answer?.With("Connection", null) is { } plain ? plain with { Head = plain.Head.Replace("HTTP/1.0", "HTTP/1.1", StringComparison.Ordinal) } : null;
            }
        }
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
    }

    private static bool Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        return false;
    }

    private byte[] Flip(byte[] body)
    {
        var flipped = (byte[])body.Clone();
        for (var flips = body.Length == 0 ? 0 : 1 + Next(3); flips > 0; flips--)
        {
            flipped[Next(flipped.Length)] ^= (byte)(1 << Next(8));
        }

        return flipped;
    }

    // Behind the status, whose damage is a page's matter.
    private string FlipHead(string head)
    {
        var start = head.IndexOf("\r\n", StringComparison.Ordinal) + 2;
        var place = start + Next(head.Length - start - 4);
        return head[place] is '\r' or '\n' ? head : $"{head[..place]}{(char)(head[place] ^ (1 << Next(7)))}{head[(place + 1)..]}";
    }

    private byte[] Duplicate(byte[] body)
    {
        var (start, end) = (Next(body.Length), Next(body.Length));
        return start <= end ? [.. body[..end], .. body[start..]] : [.. body[..start], .. body[end..]];
    }

    private int Next(int end)
    {
        lock (_random)
        {
            return _random.Next(Math.Max(end, 1));
        }
    }
}
