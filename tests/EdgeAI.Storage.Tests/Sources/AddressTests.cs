using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Sources;

public sealed class AddressTests
{
    private const string Zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://name:secret@host:8080/a/m.onnx?key=secret", "https", "https://host:8080/a/m.onnx", false)]
    [InlineData("HTTPS://host/m.onnx#" + Zeros, "https", "https://host/m.onnx", true)]
    [InlineData("https://name:se/cret@host/m.onnx", "https", "https://…", false)]
    [InlineData("https:name:secret@host/m.onnx", "https", "https:…", false)]
    [InlineData("hf:org/repo@main/m.onnx", "hf", "hf:org/repo@main/m.onnx", false)]
    [InlineData("s3://bucket/m.onnx", "s3", "s3://bucket/m.onnx", false)]
    public void Parse_Address_IsItsPartsAndShowsNoSecret(string text, string scheme, string shown, bool hasDigest)
    {
        var address = ModelAddress.Parse(text);

        Assert.Equal((scheme, shown, hasDigest), (address.Scheme, address.ToString(), address.Digest is not null));
        Assert.Equal(shown, ModelSource.Parse(text).DisplayName);
    }

    [Theory]
    [InlineData("m.onnx")]
    [InlineData("hf:")]
    [InlineData("hf:\t")]
    [InlineData("https://host/m.onnx#md5:00")]
    [InlineData("https://host/m.onnx#")]
    public void Parse_NoAddress_IsRefused(string text) => Assert.Throws<InvalidModelAddressException>(() => ModelAddress.Parse(text));

    [Theory]
    [InlineData("m.onnx", false)]
    [InlineData("/a:b/m.onnx", false)]
    [InlineData("C:\\m.onnx", false)]
    [InlineData(null, false)]
    [InlineData("hf:org/repo", true)]
    public void HasScheme_Text_IsNoPath(string? text, bool expected) => Assert.Equal(expected, ModelAddress.HasScheme(text));

    [Fact]
    public async Task Parse_PathsAndFileAddresses_AreFilesAndFolders()
    {
        using var folder = new TemporaryDirectory();
        using var test = new TestStore();
        var path = TestModels.Add.Save(folder);

        foreach (var (name, address) in new[] { ("a:1", path), ("b:1", folder.Path), ("c:1", new Uri(path).AbsoluteUri) })
        {
            await test.Store.ImportAsync(name, ModelSource.Parse(address), null, Cancellation);
            await test.RequireContentAsync(name, TestModels.Add);
        }
    }

    [Theory]
    [InlineData("ftp://host/m.onnx")]
    [InlineData("https://host/")]
    [InlineData("https:///m.onnx")]
    public async Task ImportAsync_AddressThatNobodyCanOpen_IsRefused(string address)
    {
        using var test = new TestStore();

        await Assert.ThrowsAsync<InvalidModelAddressException>(async () => await test.Store.ImportAsync("m:1", ModelSource.Parse(address), null, Cancellation));
        await test.RequireUnharmedAsync([], "m:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_RegisteredScheme_OpensItsAddressesAndIsDisposed()
    {
        using var test = new TestStore();
        var scheme = new OwnScheme();
        var store = ModelStore.Open(test.Directory, schemes: [scheme]);

        await store.ImportAsync("m:1", ModelSource.Parse("own:add"), null, Cancellation);

        Assert.True(scheme.IsDisposed);
        Assert.False(Directory.Exists(scheme.Folder));
        await test.RequireContentAsync("m:1", TestModels.Add);
    }

    private sealed class OwnScheme : IModelSourceScheme
    {
        public bool IsDisposed { get; private set; }

        public string? Folder { get; private set; }

        public IReadOnlyCollection<string> Schemes => ["own"];

        public ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default)
        {
            Folder = context.Folder;
            Directory.CreateDirectory(Folder);
            return new(new OwnSource(this));
        }

        private sealed class OwnSource(OwnScheme owner) : ModelSource, IDisposable
        {
            public override string FileName => TestModels.Add.FileName;

            public override ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default) => new(new MemoryStream(TestModels.Add.Content));

            public void Dispose() => owner.IsDisposed = true;
        }
    }
}
