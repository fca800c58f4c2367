using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Materializing;

/// <summary>What a load finds of damage, and what it does then.</summary>
public sealed class HotDamageAtLoadTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaterializeAsync_SomebodyWroteToAFile_IsMadeAgain(bool isCutShort)
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        await HotFileDamage.WriteAsync(path, isCutShort ? content[..^1] : [.. content[..^1], (byte)~content[^1]]);

        await RequireRightAsync(_test.Store, "m:1", content);
        await _test.RequireHealthyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaterializeAsync_DiskChangedAByte_IsFoundWhenAskedTo(bool isAsked)
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        await RotAsync(path);

        using var hot = await StoreWith(isAsked).MaterializeAsync("m:1", Cancellation);

        Assert.Equal(isAsked, (await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation)).SequenceEqual(content));
    }

    [Fact]
    public async Task MaterializeAsync_FilesWereCopied_ComparesThemOnceAndKeepsThem()
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        var touched = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, touched);

        await RequireRightAsync(_test.Store, "m:1", content);
        Assert.Equal(touched, File.GetLastWriteTimeUtc(path));
        await RotAsync(path);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.NotEqual(content, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
    }

    [Fact]
    public async Task MaterializeAsync_DamagedAndInUse_IsRefusedUntilItIsGivenBack()
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        var used = await _test.Store.MaterializeAsync("m:1", Cancellation);
        await HotFileDamage.FlipAsync(path);

        var exception = await Assert.ThrowsAsync<StorageException>(async () => await _test.Store.MaterializeAsync("m:1", Cancellation));

        Assert.Contains("in use", exception.Message, StringComparison.Ordinal);
        used.Dispose();
        await RequireRightAsync(_test.Store, "m:1", content);
    }

    [Fact]
    public async Task MaterializeAsync_DamagedAndWantedByManyAtOnce_IsMadeAgainForAll()
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        await HotFileDamage.FlipAsync(path);

        var models = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _test.Store.MaterializeAsync("m:1", Cancellation).AsTask())));

        Assert.Equal(content, await File.ReadAllBytesAsync(path, Cancellation));
        Array.ForEach(models, model => model.Dispose());
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task MaterializeAsync_DiskChangedAByteOfASharedFile_IsNotUsedByTheOtherEither()
    {
        var (path, content) = await LayOutAsync("m:1", "one");
        var (other, _) = await LayOutAsync("m:2", "two");
        await RotAsync(path);
        Assert.NotEqual(content, await File.ReadAllBytesAsync(other, Cancellation));

        await RequireRightAsync(StoreWith(verify: true), "m:1", content);

        await RequireRightAsync(_test.Store, "m:2", content);
        await _test.RequireHealthyAsync();
    }

    private ModelStore StoreWith(bool verify) => ModelStore.Open(_test.Directory, new StorageOptions { VerifyHotFilesOnLoad = verify });

    // A disk changes bytes and tells nobody.
    private static async Task RotAsync(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        await HotFileDamage.FlipAsync(path);
        File.SetLastWriteTimeUtc(path, written);
    }

    private async Task<(string Path, byte[] Content)> LayOutAsync(string reference, string companion)
    {
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        _folder.WriteFile("model.bin", content);
        _folder.WriteFile(companion, [1]);
        await _test.Store.ImportAsync(reference, ModelSource.FromFile(_folder.Combine("model.bin"), companion), null, Cancellation);
        using var hot = await _test.Store.MaterializeAsync(reference, Cancellation);
        return (hot.Files.ModelPath, content);
    }

    private static async Task RequireRightAsync(ModelStore store, string reference, byte[] content)
    {
        using var hot = await store.MaterializeAsync(reference, Cancellation);
        Assert.Equal(content, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
    }
}
