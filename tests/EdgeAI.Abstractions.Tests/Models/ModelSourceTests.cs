using EdgeAI.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Abstractions.Tests.Models;

public sealed class ModelSourceTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_File_ReadsItAndSeeks()
    {
        var source = ModelSource.FromFile(_folder.WriteFile("model.onnx", Content));

        await using var stream = await source.OpenAsync(source.FileName, Cancellation);

        Assert.Equal("model.onnx", source.FileName);
        Assert.Equal(_folder.Combine("model.onnx"), source.DisplayName);
        Assert.True(stream.CanSeek);
        Assert.Equal(Content, await ReadAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_FileBelowTheModel_ReadsIt()
    {
        var source = ModelSource.FromFile(_folder.WriteFile("model.onnx", []));
        _folder.WriteFile("weights/model.data", Content);

        await using var stream = await source.OpenAsync("weights/model.data", Cancellation);

        Assert.Equal(Content, await ReadAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_MissingModel_NamesThePath()
    {
        var source = ModelSource.FromFile(_folder.Combine("none", "model.onnx"));

        var exception = await Assert.ThrowsAsync<ModelFileNotFoundException>(async () => await source.OpenAsync("model.onnx", Cancellation));

        Assert.Equal(_folder.Combine("none", "model.onnx"), exception.Path);
        Assert.Null(exception.ReferredToBy);
    }

    [Theory]
    [InlineData("model.data")]
    [InlineData("no/such/folder/model.data")]
    [InlineData("model.onnx/below-a-file")]
    public async Task OpenAsync_MissingExternalFile_NamesTheModelToo(string path)
    {
        var source = ModelSource.FromFile(_folder.WriteFile("model.onnx", []));

        var exception = await Assert.ThrowsAsync<ModelFileNotFoundException>(async () => await source.OpenAsync(path, Cancellation));

        Assert.Equal(_folder.Combine(path), exception.Path);
        Assert.Equal(_folder.Combine("model.onnx"), exception.ReferredToBy);
    }

    [Fact]
    public async Task OpenAsync_NameLongerThanADiskTakes_IsMissing()
    {
        var source = ModelSource.FromFile(_folder.WriteFile("model.onnx", []));

        await Assert.ThrowsAsync<ModelFileNotFoundException>(async () => await source.OpenAsync(new string('n', 5000), Cancellation));
    }

    [Fact]
    public async Task OpenAsync_Folder_IsNoModel()
    {
        var source = ModelSource.FromFile(_folder.CreateDirectory("model.onnx"));

        var exception = await Assert.ThrowsAsync<InvalidModelException>(async () => await source.OpenAsync("model.onnx", Cancellation));

        Assert.Equal(_folder.Combine("model.onnx"), exception.File);
        Assert.Contains("folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FolderNamedWithASlash_IsNoModel()
    {
        var source = ModelSource.FromFile(_folder.CreateDirectory("models") + Path.DirectorySeparatorChar);

        await Assert.ThrowsAsync<InvalidModelException>(async () => await source.OpenAsync(source.FileName, Cancellation));
    }

    [Theory]
    [InlineData("link.data", "secret.bin", "link.data")]
    [InlineData("links", "outside", "links/secret.bin")]
    [InlineData("dangling", "nowhere", "dangling")]
    public async Task OpenAsync_ExternalFileBehindALink_IsRefused(string link, string target, string path)
    {
        _folder.WriteFile("outside/secret.bin", Content);
        _folder.WriteFile("secret.bin", Content);
        var source = ModelSource.FromFile(_folder.WriteFile("model/model.onnx", []));
        File.CreateSymbolicLink(_folder.Combine("model", link), _folder.Combine(target));

        var exception = await Assert.ThrowsAsync<UnsafeModelPathException>(async () => await source.OpenAsync(path, Cancellation));

        Assert.Equal(path, exception.Path);
        Assert.Equal(_folder.Combine("model", "model.onnx"), exception.File);
    }

    [Fact]
    public async Task OpenAsync_ModelFileThatIsALink_IsTheUsersOwn()
    {
        _folder.WriteFile("real.onnx", Content);
        File.CreateSymbolicLink(_folder.Combine("model.onnx"), _folder.Combine("real.onnx"));
        var source = ModelSource.FromFile(_folder.Combine("model.onnx"));

        await using var stream = await source.OpenAsync("model.onnx", Cancellation);

        Assert.Equal(Content, await ReadAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_Cancelled_CarriesTheToken()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var source = ModelSource.FromFile(_folder.WriteFile("model.onnx", Content));

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.OpenAsync("model.onnx", cancellation.Token));

        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task OpenAsync_Stream_ReadsFromWhereItStandsAndLeavesItOpen()
    {
        using var inner = new MemoryStream(Content) { Position = 2 };
        var source = ModelSource.FromStream(inner, "named.onnx");

        await using (var stream = await source.OpenAsync("named.onnx", Cancellation))
        {
            Assert.False(stream.CanSeek);
            Assert.Equal(Content[2..], await ReadAsync(stream));
        }

        Assert.True(inner.CanRead);
    }

    [Fact]
    public async Task OpenAsync_StreamTwice_SaysWhy()
    {
        var source = ModelSource.FromStream(new MemoryStream(Content));
        await source.OpenAsync(source.FileName, Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await source.OpenAsync(source.FileName, Cancellation));

        Assert.Contains("new ModelSource", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_Memory_ReadsItAsOftenAsAsked()
    {
        var source = ModelSource.FromMemory(Content.AsMemory(1, 3));

        for (var i = 0; i < 2; i++)
        {
            await using var stream = await source.OpenAsync("model.onnx", Cancellation);
            Assert.Equal(Content[1..4], await ReadAsync(stream));
            Assert.False(stream.CanWrite);
        }
    }

    [Fact]
    public async Task OpenAsync_OtherFileOfAStreamOrMemory_IsMissing()
    {
        ModelSource[] sources = [ModelSource.FromStream(new MemoryStream()), ModelSource.FromMemory(Content)];

        foreach (var source in sources)
        {
            var exception = await Assert.ThrowsAsync<ModelFileNotFoundException>(async () => await source.OpenAsync("model.data", Cancellation));
            Assert.Equal(("model.data", "model.onnx"), (exception.Path, exception.ReferredToBy));
        }
    }

    [Fact]
    public void From_NothingToReadFrom_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ModelSource.FromFile(string.Empty));
        Assert.Throws<ArgumentNullException>(() => ModelSource.FromFile(null!));
        Assert.Throws<ArgumentNullException>(() => ModelSource.FromStream(null!));
        Assert.Throws<ArgumentException>(() => ModelSource.FromStream(new MemoryStream(), string.Empty));
        Assert.Throws<ArgumentException>(() => ModelSource.FromMemory(Content, string.Empty));
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }
}
