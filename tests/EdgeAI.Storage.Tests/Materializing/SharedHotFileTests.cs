using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Materializing;

/// <summary>Two models of the same weights: one file on the disk, and what becomes of it.</summary>
public sealed class SharedHotFileTests : IDisposable
{
    private static readonly byte[] Weights = new SafetensorsBuilder().Tensor("w", SeededRandom.Floats(1, 700_000), 700_000).Build();

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task MaterializeAsync_SameWeightsInTwoModels_AreOnTheDiskOnce()
    {
        var paths = await LayOutTwoAsync();

        await HotFileDamage.FlipAsync(paths[0]);

        Assert.Equal(await File.ReadAllBytesAsync(paths[0], Cancellation), await File.ReadAllBytesAsync(paths[1], Cancellation));
    }

    [Fact]
    public async Task CollectGarbageAsync_OneOfTwoThatShareIsGone_LeavesTheOther()
    {
        var paths = await LayOutTwoAsync();
        await _test.Store.RemoveAsync("m:1", Cancellation);

        var report = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(1, report.HotModelsRemoved);
        Assert.False(File.Exists(paths[0]));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(paths[1], Cancellation));
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task VerifyAsync_DamageToASharedFile_DropsItForBothAndBothAreMadeAgain()
    {
        var paths = await LayOutTwoAsync();
        await HotFileDamage.FlipAsync(paths[0]);

        var report = await _test.Store.VerifyAsync(Cancellation);

        Assert.Equal(["m:1", "m:2"], report.Problems.SelectMany(problem => problem.Models).Order());
        Assert.All(paths, path => Assert.False(File.Exists(path)));
        await RequireLaidOutAsync();
    }

    [Fact]
    public async Task MaterializeAsync_AnotherModelsFileIsDamaged_IsNotShared()
    {
        await ImportAsync("m:1", "one");
        await ImportAsync("m:2", "two");
        using var first = await _test.Store.MaterializeAsync("m:1", Cancellation);
        await HotFileDamage.FlipAsync(first.Files.ModelPath);

        using var second = await _test.Store.MaterializeAsync("m:2", Cancellation);

        Assert.Equal(Weights, await File.ReadAllBytesAsync(second.Files.ModelPath, Cancellation));
        first.Dispose();
        Assert.Equal("m:1", Assert.Single(Assert.Single((await _test.Store.VerifyAsync(Cancellation)).Problems).Models));
        await RequireLaidOutAsync();
    }

    private async Task<string[]> LayOutTwoAsync()
    {
        await ImportAsync("m:1", "one");
        await ImportAsync("m:2", "two");
        using var first = await _test.Store.MaterializeAsync("m:1", Cancellation);
        using var second = await _test.Store.MaterializeAsync("m:2", Cancellation);
        Assert.NotEqual(first.Digest, second.Digest);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(second.Files.ModelPath, Cancellation));
        return [first.Files.ModelPath, second.Files.ModelPath];
    }

    private async Task RequireLaidOutAsync()
    {
        foreach (var reference in new[] { "m:1", "m:2" })
        {
            using var hot = await _test.Store.MaterializeAsync(reference, Cancellation);
            Assert.Equal(Weights, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
        }

        await _test.RequireHealthyAsync();
    }

    private async Task ImportAsync(string reference, string companion)
    {
        _folder.WriteFile("model.safetensors", Weights);
        _folder.WriteFile(companion + ".txt", System.Text.Encoding.UTF8.GetBytes(companion));
        await _test.Store.ImportAsync(reference, ModelSource.FromFile(_folder.Combine("model.safetensors"), companion + ".txt"), null, Cancellation);
    }
}
