using System.Security.Cryptography;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>A store that fetches models from servers of this machine.</summary>
internal sealed class SourceTest : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private SourceTest(WebServer server)
    {
        Server = server;
        Options.Sources.Timeout = TimeSpan.FromHours(1);
        Options.Sources.HuggingFace = new HuggingFaceOptions { Endpoint = server.Address, Token = string.Empty, CacheDirectory = _folder.Combine("hub"), Offline = false };
        Options.Sources.OllamaDirectory = _folder.Combine("ollama");
        Test = new TestStore(_folder.Combine("store"));
    }

    public WebServer Server { get; }

    public TestStore Test { get; }

    public StorageOptions Options { get; } = new();

    public ScaledTime Time { get; } = new();

    public string HubCache => Options.Sources.HuggingFace.CacheDirectory!;

    /// <summary>Files that downloads left.</summary>
    public string[] Downloads => Directory.Exists(Path.Combine(Test.Directory, "downloads"))
        ? Directory.GetFiles(Path.Combine(Test.Directory, "downloads"), "*", SearchOption.AllDirectories)
        : [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SourceTest> StartAsync() => new(await WebServer.StartAsync());

    /// <summary>Content that nothing compresses and no two seeds share.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string DigestOf(byte[] content) => Digest.Of(content).ToString();

    public static string GitNameOf(byte[] content) =>
#pragma warning disable CA5350 // What git names blobs by.
        Convert.ToHexStringLower(SHA1.HashData([.. System.Text.Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    public ModelStore Open() => ModelStore.Open(Test.Directory, Options, Time);

    public async Task<ImportResult> ImportAsync(string address, string name = "m:1", IProgress<ImportProgress>? progress = null) =>
        await Open().ImportAsync(name, ModelSource.Parse(address), progress, Cancellation);

    /// <summary>Says that a file of an imported model is as it should be, that the store is whole, and that nothing is left of the download.</summary>
    public async Task RequireAsync(byte[] content, string? path = null, string name = "m:1")
    {
        await using (var stream = await Test.Store.OpenAsync(name, path, Cancellation))
        {
            Assert.Equal(content, await TestStore.ReadAsync(stream));
        }

        await Test.RequireHealthyAsync();
        Assert.Empty(Downloads);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
