using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Benchmarks.Serving.Servers;

/// <summary>A server in a process of its own, which ends with this.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan IdleFor = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>What it has in memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    public static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        var process = Process.Start(OwnProgram.Command(arguments)) ?? throw new InvalidOperationException("The server did not start.");
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The server ended before it listened: {string.Join(' ', arguments)}");
        return new ServerProcess(process, address);
    }

    /// <summary>Waits until it does nothing: what a server still runs for clients that have left is not to be taken from whoever is measured next.</summary>
    public async Task WaitUntilIdleAsync()
    {
        TimeSpan before;
        do
        {
            before = ReadProcessorTime();
            await Task.Delay(IdleFor);
        }
        while (ReadProcessorTime() - before > IdleFor / 10);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private TimeSpan ReadProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }
}
