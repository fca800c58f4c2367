using System.ComponentModel.DataAnnotations;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Reading;

public sealed class ReadingTests : IDisposable
{
    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task OpenAsync_Stream_SeeksAndReadsAnyPart()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var content = TestModels.MatMul.Content;
        await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
        var random = new Random(1);

        Assert.True(stream.CanSeek);
        Assert.Equal(content.Length, stream.Length);
        for (var i = 0; i < 50; i++)
        {
            var start = random.Next(content.Length);
            var part = new byte[random.Next(1, Math.Min(70_000, content.Length - start) + 1)];
            stream.Seek(start, SeekOrigin.Begin);
            await stream.ReadExactlyAsync(part, Cancellation);
            Assert.True(part.AsSpan().SequenceEqual(content.AsSpan(start, part.Length)), $"{part.Length} bytes from {start}");
        }
    }

    [Fact]
    public async Task OpenAsync_AgainAndAgain_HasTheContentInMemory()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        for (var i = 0; i < 3; i++)
        {
            await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Cancellation);
            Assert.Equal(TestModels.MatMul.Content, copy.ToArray());
            Assert.Equal(i == 0, _test.Store.Cache.Bytes == 0);
        }

        Assert.Equal(TestModels.MatMul.Content.Length, _test.Store.Cache.Bytes);
        Assert.Equal(_test.Store.Cache.Misses, 2 * _test.Store.Cache.Hits);
    }

    [Fact]
    public async Task OpenAsync_DamagedAgainAndAgain_IsRefusedEachTimeAndKeptNever()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        TestStore.Flip(_test.Objects().Where(path => path.EndsWith(".pack", StringComparison.Ordinal)).MaxBy(path => new FileInfo(path).Length)!, 1000);
        for (var i = 0; i < 3; i++)
        {
            await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
            await Assert.ThrowsAsync<ContentCorruptedException>(() => stream.CopyToAsync(Stream.Null, Cancellation));
            Assert.True(_test.Store.Cache.Bytes < TestModels.MatMul.Content.Length);
        }
    }

    [Fact]
    public void Open_CacheLimitOfNoSize_SaysWhatToWrite()
    {
        var exception = Assert.Throws<ValidationException>(() => ModelStore.Open(_test.Directory, new StorageOptions { CacheLimit = "much" }));

        Assert.Contains("'much'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_StreamReadSynchronously_GivesTheSameBytes()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
        using var copy = new MemoryStream();

        int read;
        var buffer = new byte[1000];
        while ((read = stream.Read(buffer)) > 0)
        {
            copy.Write(buffer, 0, read);
        }

        Assert.Equal(TestModels.Mlp.Content, copy.ToArray());
        Assert.Equal(0, stream.Read(buffer));
    }

    [Fact]
    public async Task AnyRead_UnknownModel_NamesTheKnownOnes()
    {
        await _test.ImportAsync("known:1", TestModels.Add);

        var exception = await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Store.OpenAsync("unknown:1", null, Cancellation));

        Assert.Equal("unknown:1", exception.Model.ToString());
        Assert.Contains("known:1", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Store.InspectAsync("unknown:1", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Store.MaterializeAsync("unknown:1", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Store.ExportAsync("unknown:1", _test.Directory + "-out", Cancellation));
        Assert.Null(await _test.Store.FindAsync("unknown:1", Cancellation));
    }

    [Theory]
    [InlineData("none.data")]
    [InlineData("../model.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task OpenAsync_UnknownFile_IsNotFound(string path)
    {
        await _test.ImportAsync("m:1", TestModels.External);

        await Assert.ThrowsAsync<ModelFileNotFoundException>(async () => await _test.Store.OpenAsync("m:1", path, Cancellation));
    }

    [Fact]
    public async Task ListAsync_Models_AreByNameAndTag()
    {
        await _test.ImportAsync("b:1", TestModels.Add);
        await _test.ImportAsync("a/z:2", TestModels.Add);
        await _test.ImportAsync("a/z:1", TestModels.Add);
        await _test.ImportAsync("żółw:1", TestModels.Add);

        Assert.Equal(["a/z:1", "a/z:2", "b:1", "żółw:1"], (await _test.Store.ListAsync(Cancellation)).Select(model => model.Reference.ToString()));
    }

    [Fact]
    public async Task FindAsync_ByDigest_FindsTheVersion()
    {
        var result = await _test.ImportAsync("m:1", TestModels.Add);

        var found = await _test.Store.FindAsync(ModelReference.Parse("m").At(result.Model.Digest), Cancellation);

        Assert.Equal(result.Model.Digest, found?.Digest);
        Assert.Null(await _test.Store.FindAsync(ModelReference.Parse("m").At(Digest.Of([])), Cancellation));
    }
}
