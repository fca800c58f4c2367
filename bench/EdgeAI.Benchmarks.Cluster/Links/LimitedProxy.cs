using System.Net;
using System.Net.Sockets;

namespace EdgeAI.Benchmarks.Cluster.Links;

/// <summary>A link before a server: what all connections together bring back has a rate, and is counted.</summary>
internal sealed class LimitedProxy : IAsyncDisposable
{
    // What the link's buffers hold.
    private const double Burst = 0.05;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _server;
    private readonly double _bytesPerSecond;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private long _bytes;
    private double _free;

    /// <param name="server">What is behind the link.</param>
    /// <param name="megabits">How fast it is; null for as fast as it goes.</param>
    public LimitedProxy(Uri server, int? megabits = null)
    {
        _server = server;
        _bytesPerSecond = megabits is { } limit ? limit * 125_000.0 : double.PositiveInfinity;
        _listener.Start(512);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    /// <summary>The bytes that came back over it since the last call.</summary>
    public long TakeBytes() => Interlocked.Exchange(ref _bytes, 0);

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
        using (var server = new TcpClient())
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                var back = CopyAsync(server.GetStream(), client.GetStream(), isCounted: true);
                await Task.WhenAny(back, CopyAsync(client.GetStream(), server.GetStream(), isCounted: false));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two has gone.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isCounted)
    {
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
            {
                if (isCounted)
                {
                    Interlocked.Add(ref _bytes, read);
                    await Task.Delay(Reserve(read), _end.Token);
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has gone.
        }
    }

    // When the link has these bytes through, in seconds from now.
    private TimeSpan Reserve(int bytes)
    {
        if (double.IsInfinity(_bytesPerSecond))
        {
            return TimeSpan.Zero;
        }

        var now = TimeProvider.System.GetTimestamp() / (double)TimeProvider.System.TimestampFrequency;
        lock (_lock)
        {
            _free = Math.Max(_free, now - Burst) + (bytes / _bytesPerSecond);
            return TimeSpan.FromSeconds(Math.Max(0, _free - now));
        }
    }
}
