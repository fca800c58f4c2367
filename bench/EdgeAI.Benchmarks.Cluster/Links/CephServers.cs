using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Benchmarks.Cluster.Links;

/// <summary>A Ceph cluster of three disks and two gateways on loopback, of this process.</summary>
internal sealed class CephServers : IAsyncDisposable
{
    public const string AccessKey = "testaccess";
    public const string SecretKey = "testsecret12345678";
    public const string Region = "default";

    private const int FirstPort = 27480;

    private readonly string _folder;

    private CephServers(string folder) => _folder = folder;

    /// <summary>The first gateway.</summary>
    public Uri Endpoint { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FirstPort}"));

    /// <exception cref="InvalidOperationException">Ceph is not installed, or did not start.</exception>
    public static async Task<CephServers> StartAsync()
    {
        var ceph = new CephServers(Directory.CreateTempSubdirectory("edgeai-ceph-").FullName);
        try
        {
            await ceph.RunAsync("start.sh");
            return ceph;
        }
        catch
        {
            await ceph.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop.sh");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "ceph", script), _folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("RGW_PORT", FirstPort), ("MON_PORT", FirstPort + 9), ("DAEMON_PORT_MIN", FirstPort + 10), ("DAEMON_PORT_MAX", FirstPort + 149), ("WAIT", 180) })
        {
            start.Environment[name] = value.ToString(CultureInfo.InvariantCulture);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {error}{await output}");
        }
    }
}
