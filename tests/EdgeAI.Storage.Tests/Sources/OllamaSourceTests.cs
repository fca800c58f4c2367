using System.Text;
using EdgeAI.Sources;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Gguf;

namespace EdgeAI.Storage.Tests.Sources;

public sealed class OllamaSourceTests : IAsyncLifetime
{
    private static readonly byte[] Model = new GgufBuilder().Text("general.architecture", "test").Build();

    private SourceTest _test = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Root => _test.Options.Sources.OllamaDirectory!;

    public async ValueTask InitializeAsync() => _test = await SourceTest.StartAsync();

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Theory]
    [InlineData("ollama:tiny", "registry.ollama.ai/library/tiny/latest")]
    [InlineData("ollama:tiny:1b", "registry.ollama.ai/library/tiny/1b")]
    [InlineData("ollama:someone/tiny:1b", "registry.ollama.ai/someone/tiny/1b")]
    [InlineData("ollama:example.org/someone/tiny:1b", "example.org/someone/tiny/1b")]
    public async Task ImportAsync_ModelThatIsThere_ComesWithAllItsParts(string address, string manifest)
    {
        Write(manifest, ("model", Model), ("params", "{}"u8.ToArray()), ("license", "one"u8.ToArray()), ("license", "two"u8.ToArray()));

        await _test.ImportAsync(address);

        var files = (await _test.Test.Store.InspectAsync("m:1", Cancellation)).Files;
        Assert.Equal(["license-2.txt", "license.txt", "params.json", "tiny.gguf"], files.Select(file => file.Path).Order(StringComparer.Ordinal));
        await _test.RequireAsync(Model);
        await _test.RequireAsync("two"u8.ToArray(), "license-2.txt");
    }

    [Fact]
    public async Task ImportAsync_ModelThatIsNotThere_ListsThoseThatAre()
    {
        Write("registry.ollama.ai/library/tiny/latest", ("model", Model));

        var exception = await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync("ollama:other"));

        Assert.Contains("tiny:latest", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAsync_NoFolder_SaysHowToNameIt() => Assert.Contains(
        "OLLAMA_MODELS",
        (await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync("ollama:tiny"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task ImportAsync_DamagedBlob_IsRefused()
    {
        Write("registry.ollama.ai/library/tiny/latest", ("model", Model));
        TestStore.Flip(Directory.GetFiles(Path.Combine(Root, "blobs")).Single(), 3);

        await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => _test.ImportAsync("ollama:tiny"));
        Assert.Empty(await _test.Test.ListAsync());
    }

    [Fact]
    public async Task ImportAsync_MissingBlob_IsRefused()
    {
        Write("registry.ollama.ai/library/tiny/latest", ("model", Model));
        Directory.Delete(Path.Combine(Root, "blobs"), recursive: true);

        await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync("ollama:tiny"));
    }

    [Fact]
    public async Task ImportAsync_DigestInTheAddress_MustBeTheModels()
    {
        Write("registry.ollama.ai/library/tiny/latest", ("model", Model));

        await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => _test.ImportAsync("ollama:tiny#" + SourceTest.DigestOf(TestModels.Add.Content)));
        await _test.ImportAsync("ollama:tiny#" + SourceTest.DigestOf(Model));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"layers":[]}""")]
    [InlineData("""{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:../../x","size":1}]}""")]
    [InlineData("""{"layers":[{"mediaType":"application/vnd.ollama.image.model","size":1}]}""")]
    [InlineData("""{"layers":7}""")]
    public async Task ImportAsync_ManifestThatIsNone_IsRefused(string manifest)
    {
        WriteManifest("registry.ollama.ai/library/tiny/latest", manifest);

        Assert.Contains("ollama pull", (await Assert.ThrowsAsync<ModelSourceException>(() => _test.ImportAsync("ollama:tiny"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ollama:../tiny")]
    [InlineData("ollama:a/b/c/tiny")]
    [InlineData("ollama:tiny:1:2")]
    [InlineData("ollama:.hidden")]
    [InlineData("ollama:tiny:")]
    public async Task ImportAsync_NotOfTheForm_IsRefused(string address) => await Assert.ThrowsAsync<InvalidModelAddressException>(() => _test.ImportAsync(address));

    private void Write(string manifest, params (string Kind, byte[] Content)[] layers)
    {
        Directory.CreateDirectory(Path.Combine(Root, "blobs"));
        foreach (var (_, content) in layers)
        {
            File.WriteAllBytes(Path.Combine(Root, "blobs", SourceTest.DigestOf(content).Replace(':', '-')), content);
        }

        WriteManifest(manifest, $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[{{string.Join(',', layers.Select(Describe))}}]}
            """);
    }

    private void WriteManifest(string manifest, string text)
    {
        var path = Path.Combine(Root, "manifests", manifest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
    }

    private static string Describe((string Kind, byte[] Content) layer) =>
        $$"""{"mediaType":"application/vnd.ollama.image.{{layer.Kind}}","digest":"{{SourceTest.DigestOf(layer.Content)}}","size":{{layer.Content.Length}}}""";
}
