using System.Globalization;
using EdgeAI.Testing;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>A slow, long and lossy link to a cluster's gateways: packets go through a network namespace of its own, which goes with it.</summary>
internal sealed class LossyLink : IAsyncDisposable
{
    private const int FirstPort = 8080;

    private readonly string _namespace = string.Create(CultureInfo.InvariantCulture, $"edgeai-link-{Environment.ProcessId}");
    private ChildProcess? _process;

    private LossyLink(IReadOnlyList<Uri> endpoints) => Endpoints = endpoints;

    /// <summary>The gateways' addresses at the other end.</summary>
    public IReadOnlyList<Uri> Endpoints { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="ceph">What is at its other end.</param>
    /// <param name="delay">How long each packet takes one way, in milliseconds.</param>
    /// <param name="loss">How many of a hundred are lost.</param>
    /// <param name="rate">How fast it is each way, in Mbit/s.</param>
    public static async Task<LossyLink> StartAsync(CephCluster ceph, int delay, int loss, int rate)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun"), "A lossy link needs Linux, root and /dev/net/tun.");
        Assert.True(File.Exists("/usr/bin/python3") && (File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip")), "python3 or ip is not installed (apt-get install python3 iproute2).");
        var (near, far) = Addresses();
        var link = new LossyLink([.. ceph.Endpoints.Select((_, i) => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{far}:{FirstPort + i}")))]);
        (await ChildProcess.RunAsync("ip", ["netns", "add", link._namespace], cancellationToken: Cancellation)).EnsureSuccess();
        try
        {
            link._process = ChildProcess.Start(
                "/usr/bin/python3",
                [
                    Path.Combine(AppContext.BaseDirectory, "Servers", "net", "link.py"), link._namespace, near, far, $"{delay}", $"{loss}", $"{rate}", $"{NightlyRun.Seed}",
                    .. ceph.Endpoints.Select((endpoint, i) => $"{FirstPort + i}={endpoint.Authority}"),
                ]);
            if (await link._process.ReadLineAsync(Cancellation) != "up")
            {
                Assert.Fail((await link._process.WaitAsync(Cancellation)).Error);
            }

            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        (await ChildProcess.RunAsync("ip", ["netns", "delete", _namespace], cancellationToken: CancellationToken.None)).EnsureSuccess();
    }

    private static (string Near, string Far) Addresses()
    {
        var third = Environment.ProcessId % 250;
        return ($"10.214.{third}.1", $"10.214.{third}.2");
    }
}
