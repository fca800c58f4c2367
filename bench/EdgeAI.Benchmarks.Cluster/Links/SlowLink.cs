using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Benchmarks.Cluster.Links;

/// <summary>
/// A server at the other end of a slow link: in a network namespace behind a token bucket of the kernel where root gives that, else on this machine with a rate for all its answers together.
/// </summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private const int Port = 18080;

    private readonly Process _server;
    private readonly string? _namespace;

    private SlowLink(Process server, string? name, Uri address)
    {
        _server = server;
        _namespace = name;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>What kind of link it is.</summary>
    public string Kind => _namespace is null ? "loopback with a rate" : "namespace with tbf";

    public static async Task<SlowLink> CreateAsync(int megabits)
    {
        var name = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? await TryCreateNamespaceAsync(megabits) : null;
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{(name is null ? "127.0.0.1" : "10.213.77.2")}:{Port}"));
        string[] command = [Environment.ProcessPath!, ByteServer.Command, address.AbsoluteUri, name is null ? $"{megabits}Mbps" : ByteServer.NoRate];
        command = name is null ? command : ["ip", "netns", "exec", name, .. command];
        var server = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        var link = new SlowLink(server, name, address);
        if (await server.StandardOutput.ReadLineAsync() != "ready")
        {
            await link.DisposeAsync();
            throw new InvalidOperationException($"The server at {address} did not start.");
        }

        return link;
    }

    public async ValueTask DisposeAsync()
    {
        _server.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        if (_namespace is not null)
        {
            await RunAsync("ip", "netns", "delete", _namespace);
        }
    }

    private static async Task<string?> TryCreateNamespaceAsync(int megabits)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"edgeai-{Environment.ProcessId}");
        var (near, far) = ($"ea{Environment.ProcessId}a", $"ea{Environment.ProcessId}b");
        string[][] commands =
        [
            ["ip", "netns", "add", name],
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far],
            ["ip", "link", "set", far, "netns", name],
            ["ip", "addr", "add", "10.213.77.1/30", "dev", near],
            ["ip", "link", "set", near, "up"],
            ["ip", "netns", "exec", name, "ip", "addr", "add", "10.213.77.2/30", "dev", far],
            ["ip", "netns", "exec", name, "ip", "link", "set", far, "up"],
            ["ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", far, "root", "tbf", "rate", $"{megabits}mbit", "burst", "16kb", "latency", "100ms"],
            ["tc", "qdisc", "add", "dev", near, "root", "tbf", "rate", $"{megabits}mbit", "burst", "16kb", "latency", "100ms"],
        ];
        foreach (var command in commands)
        {
            if (await RunAsync(command) != 0)
            {
                await RunAsync("ip", "netns", "delete", name);
                return null;
            }
        }

        return name;
    }

    private static async Task<int> RunAsync(params string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
