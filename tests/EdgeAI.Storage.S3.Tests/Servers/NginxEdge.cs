using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>An nginx that remembers what it has read from a cluster's gateways, as the edge of a CDN does.</summary>
internal sealed class NginxEdge : IDisposable
{
    private const int Attempts = 10;

    private readonly TemporaryDirectory _folder = new();
    private readonly Uri _address;
    private ChildProcess? _process;

    private NginxEdge(CephCluster ceph, int port)
    {
        _address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var configuration = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Servers", "nginx", "edge.conf"))
            .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("ORIGIN", ceph.Endpoints[0].Authority, StringComparison.Ordinal)
            .Replace("GATEWAYS", string.Concat(ceph.Endpoints.Select(endpoint => $"server {endpoint.Authority};")), StringComparison.Ordinal);
        File.WriteAllText(_folder.Combine("edge.conf"), configuration);
        _process = ChildProcess.Start("/usr/sbin/nginx", ["-p", _folder.Path, "-e", "error.log", "-c", _folder.Combine("edge.conf")]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts one before a cluster that runs.</summary>
    public static async Task<NginxEdge> StartAsync(CephCluster ceph)
    {
        // Who has Ceph installed for these tests can have this too: they fail here, and are not left out.
        Assert.True(File.Exists("/usr/sbin/nginx"), "nginx is not installed (apt-get install nginx-light).");
        for (var attempt = 1; ; attempt++)
        {
            // Somebody else may take the port before nginx does.
            var edge = new NginxEdge(ceph, FindPort());
            if (await edge.IsUpAsync())
            {
                return edge;
            }

            var log = File.Exists(edge._folder.Combine("error.log")) ? await File.ReadAllTextAsync(edge._folder.Combine("error.log"), Cancellation) : "no log";
            edge.Dispose();
            Assert.True(attempt < Attempts, $"nginx does not start: {log}");
        }
    }

    /// <summary>The address of a place on it: <c>models</c> for the bucket, or one that fails.</summary>
    public Uri AddressOf(string place) => new(_address, place);

    /// <summary>What it was asked for, and whether it knew it, up to a request for a key of that ending.</summary>
    public async Task<string[]> ReadLogAsync(string lastKey)
    {
        while (true)
        {
            // The line is written when the answer is already out.
            var lines = await File.ReadAllLinesAsync(_folder.Combine("seen.log"), Cancellation);
            if (lines.Any(line => line.EndsWith(lastKey, StringComparison.Ordinal)))
            {
                return lines;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>Kills it, as a power cut would.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private async Task<bool> IsUpAsync()
    {
        var ended = _process!.WaitAsync(Cancellation);
        while (!ended.IsCompleted)
        {
            if (File.Exists(_folder.Combine("nginx.pid")))
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }

        return false;
    }

    private static int FindPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
