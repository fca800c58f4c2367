using System.Net;
using System.Net.Sockets;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>A way to a gateway that counts what comes back, and breaks off.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _gateway;
    private readonly Task _accepting;
    private long _bytes;

    public CuttingProxy(Uri gateway)
    {
        _gateway = gateway;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Bytes that came back so far, headers included.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>After how many bytes in all the connection breaks off, once; null for never.</summary>
    public long? CutAfter { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var gateway = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await gateway.ConnectAsync(_gateway.Host, _gateway.Port, closing.Token);
                await Task.WhenAny(CopyAsync(client, gateway, isDown: false, closing.Token), CopyAsync(gateway, client, isDown: true, closing.Token));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The client hears of it by its connection.
            }

            await closing.CancelAsync();
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isDown, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 14];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (isDown && Interlocked.Add(ref _bytes, read) > CutAfter)
                {
                    CutAfter = null;
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has ended the connection.
        }
    }
}
