using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Materializing;

public sealed class MaterializeTests : IDisposable
{
    private readonly TestStore _test = new();

    public static TheoryData<string> Names => [.. TestModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task MaterializeAsync_EveryModelOfTheCatalogue_IsLaidOutAligned(string name)
    {
        await _test.ImportAsync("m:1", TestModels.Get(name));
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);
        await using var graph = File.OpenRead(hot.Files.ModelPath);
        var weights = hot.Files.WeightsPath is { } path ? new FileInfo(path).Length : 0;

        Assert.All(OnnxModelParser.Parse(graph).Tensors.Where(tensor => tensor.Location is not null), tensor =>
        {
            Assert.Equal(HotFiles.WeightsName, tensor.Location);
            Assert.Equal(0, tensor.Offset % HotFiles.Alignment);
            Assert.True(tensor.Offset + tensor.Length <= weights);
        });
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task MaterializeAsync_LargeWeights_AreInTheirOwnFileOnly()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.True(new FileInfo(hot.Files.ModelPath).Length < 4096);
        Assert.Equal(512 * 512 * sizeof(float), new FileInfo(hot.Files.WeightsPath!).Length);
    }

    [Fact]
    public async Task MaterializeAsync_Twice_IsTheSameFiles()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var first = await _test.Store.MaterializeAsync("m:1", Cancellation);
        var written = File.GetLastWriteTimeUtc(first.Files.WeightsPath!);
        _test.Reopen();
        using var second = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.Equal(first.Files, second.Files);
        Assert.Equal(written, File.GetLastWriteTimeUtc(second.Files.WeightsPath!));
    }

    [Fact]
    public async Task MaterializeAsync_ByManyAtOnce_IsMadeOnce()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var models = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _test.Store.MaterializeAsync("m:1", Cancellation).AsTask())));

        Assert.Single(models.Select(model => model.Files).Distinct());
        Array.ForEach(models, model => model.Dispose());
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task MaterializeAsync_MadeAndUsedByAnotherWhileItWaits_SharesIt()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        using var first = await _test.Store.MaterializeAsync("m:1", Cancellation);
        var folder = Path.GetDirectoryName(first.Files.ModelPath)!;
        Directory.Move(folder, folder + ".away");

        // The lock is held as by somebody who has just made the folder and goes on using it.
        var second = _test.Store.MaterializeAsync("m:1", Cancellation).AsTask();
        await Task.Delay(100, Cancellation);
        Assert.False(second.IsCompleted);
        Directory.Move(folder + ".away", folder);

        using var shared = await second.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(first.Files, shared.Files);
    }

    [Fact]
    public async Task MaterializeAsync_DamagedContent_IsRefusedAndLeavesNothing()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = _test.Objects().MaxBy(path => new FileInfo(path).Length)!;
        var content = await File.ReadAllBytesAsync(pack, Cancellation);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(pack, content, Cancellation);

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await _test.Store.MaterializeAsync("m:1", Cancellation));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Directory, "hot")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Directory, "staging")));
    }
}
