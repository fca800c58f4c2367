using System.Globalization;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>A host in a process of its own, which can be killed and started again at the same address.</summary>
internal sealed class NodeProcess(TestModel model) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private ChildProcess? _process;
    private int _port;

    /// <summary>Where it has its store's objects.</summary>
    public Uri Store => new($"http://127.0.0.1:{_port}/edgeai/v1/store");

    public async Task StartAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _process = ChildProcess.Start("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.ServingProcess.dll"), _folder.Combine("data"), _port.ToString(CultureInfo.InvariantCulture), "0", model.Name, model.Save(_folder),
        ]);
        var line = await _process.ReadLineAsync(cancellation) ?? throw new InvalidOperationException((await _process.WaitAsync(cancellation)).Error);
        _port = new Uri(line.Split(' ')[0]).Port;
    }

    /// <summary>Ends it as a power cut would, and returns when nothing of it runs any more.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Dispose();
    }
}
