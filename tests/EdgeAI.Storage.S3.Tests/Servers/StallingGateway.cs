using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>A gateway whose every answer stops behind the beginning of its body, and whose connections stay.</summary>
internal sealed class StallingGateway : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string _head;
    private readonly Task _accepting;

    /// <param name="head">What it answers before the body, without the last line; the length is larger than what comes.</param>
    public StallingGateway(string head)
    {
        _head = head;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

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
                await using var stream = client.GetStream();
                _ = await ProxyMessage.ReadAsync(stream, readsToEnd: false, hasBody: true, onHead: null, _end.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(_head + "\r\n\r\n" + (_head.Contains("chunked", StringComparison.Ordinal) ? "fff\r\n" : string.Empty) + "<?xml version=\"1.0\"?><Answer><Part"), _end.Token);
                await stream.CopyToAsync(Stream.Null, _end.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The other side has had enough.
            }
        }
    }
}
