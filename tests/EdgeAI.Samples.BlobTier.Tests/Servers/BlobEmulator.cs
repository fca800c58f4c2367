using Azure.Storage.Blobs;
using EdgeAI.Samples.Tests.Servers;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

[assembly: AssemblyFixture(typeof(BlobEmulator))]

namespace EdgeAI.Samples.Tests.Servers;

/// <summary>Azurite, the emulator of Azure Blob Storage, on loopback for all tests of the assembly. Where it is not installed those who ask fail, and say so.</summary>
public sealed class BlobEmulator : IAsyncLifetime
{
    // Known to all: the emulator's own.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Listening = "successfully listens on ";

    private readonly TemporaryDirectory _folder = new();
    private ChildProcess? _process;
    private string? _address;

    private static string Program => SolutionFolder.Combine("data", "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");

    /// <summary>Starts it, on a port that the system chooses.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
        {
            return;
        }

        _process = ChildProcess.Start("node", [Program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", _folder.Path, "--skipApiVersionCheck", "--disableTelemetry", "--silent"]);
        while (_address is null)
        {
            var line = await _process.ReadLineAsync(CancellationToken.None) ?? throw new InvalidOperationException("Azurite ended before it listened.");
            _address = line.Contains(Listening, StringComparison.Ordinal) ? line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim() : null;
        }
    }

    /// <summary>Makes a container.</summary>
    public async Task<BlobContainerClient> CreateContainerAsync()
    {
        Assert.True(_address is not null, "Azurite is not installed (npm install --prefix data/azurite azurite).");
        var container = new BlobContainerClient($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={_address}/{Account};", $"c{Guid.NewGuid():n}");
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        return container;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
