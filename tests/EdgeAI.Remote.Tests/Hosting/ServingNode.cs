using System.Globalization;
using System.Text.Json;
using EdgeAI.Remote.Configuration;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Remote.Tests.Hosting;

/// <summary>An EdgeAI host in a process of its own, which can be killed and started again at the same addresses.</summary>
internal sealed class ServingNode(TestModel model) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private ChildProcess? _process;

    public Uri Rest { get; private set; } = new("http://127.0.0.1:0");

    public Uri Grpc { get; private set; } = new("http://127.0.0.1:0");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Uri AddressOf(RemoteTransport transport) => transport == RemoteTransport.Grpc ? Grpc : Rest;

    public async Task StartAsync()
    {
        _process = ChildProcess.Start("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.ServingProcess.dll"), _folder.Combine("data"),
            Rest.Port.ToString(CultureInfo.InvariantCulture), Grpc.Port.ToString(CultureInfo.InvariantCulture), model.Name, model.Save(_folder),
        ]);
        var line = await _process.ReadLineAsync(Cancellation) ?? throw new InvalidOperationException((await _process.WaitAsync(Cancellation)).Error);
        Uri[] addresses = [.. line.Split(' ').Select(address => new Uri(address))];
        (Rest, Grpc) = (addresses[0], addresses[1]);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.Dispose();
    }

    /// <summary>How many runs it has done since its start.</summary>
    public async Task<long> CountRunsAsync()
    {
        using var client = new HttpClient { BaseAddress = Rest };
        using var json = JsonDocument.Parse(await client.GetStringAsync("/v2/models/stats", Cancellation));
        return json.RootElement.GetProperty("model_stats").EnumerateArray().Sum(stats => stats.GetProperty("inference_count").GetInt64());
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Dispose();
    }
}
