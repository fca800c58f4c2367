using EdgeAI.Models;
using EdgeAI.Storage.Tests.Materializing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Maintenance;

/// <summary>A disk that changes bytes: it is found, and what it changed is never given out.</summary>
public sealed class DamageTests : IDisposable
{
    private const int PlacesInAFile = 40;

    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task VerifyAsync_AnyByteOfAnObjectChanged_IsFoundAndNeverGivenOut()
    {
        await ImportAndLayOutAsync();
        foreach (var file in FilesIn("objects"))
        {
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            foreach (var changed in Changes(content))
            {
                await File.WriteAllBytesAsync(file, changed, Cancellation);
                await RequireFoundAsync(file, content, changed);
                await RequireNoWrongBytesAsync();
                await File.WriteAllBytesAsync(file, content, Cancellation);
            }

            await _test.RequireHealthyAsync();
        }
    }

    [Fact]
    public async Task VerifyAsync_AnyByteOfAHotFileChanged_IsFoundAndMadeAgain()
    {
        await ImportAndLayOutAsync();
        foreach (var file in FilesIn("hot"))
        {
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            foreach (var changed in Changes(content))
            {
                await HotFileDamage.WriteAsync(file, changed);
                await RequireFoundAsync(file, content, changed);
                (await _test.Store.MaterializeAsync("mlp:1", Cancellation)).Dispose();
                await _test.RequireHealthyAsync();
            }

            Assert.Equal(content.Length, new FileInfo(file).Length);
        }
    }

    [Fact]
    public async Task VerifyAsync_ObjectGone_IsFoundWithTheModelsItWasFor()
    {
        await ImportAndLayOutAsync();
        foreach (var file in FilesIn("objects"))
        {
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            File.Delete(file);

            var report = await _test.Store.VerifyAsync(Cancellation);

            Assert.Contains(report.Problems, problem => problem.Models.Count > 0);
            await RequireNoWrongBytesAsync();
            await File.WriteAllBytesAsync(file, content, Cancellation);
        }
    }

    [Fact]
    public async Task OpenAsync_DamagedPack_SaysWhichContentAndWhere()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = _test.Objects().MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, new FileInfo(pack).Length / 2);

        await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);
        var exception = await Assert.ThrowsAsync<ContentCorruptedException>(() => TestStore.ReadAsync(stream));

        Assert.Contains(exception.Location, pack.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains(exception.Digest.ToString(), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAsync_DamagedPack_LeavesNoFileHalfWritten()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = _test.Objects().MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, new FileInfo(pack).Length / 2);
        using var exported = new TemporaryDirectory();

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await _test.Store.ExportAsync("m:1", exported.Path, Cancellation));

        Assert.Empty(Directory.EnumerateFiles(exported.Path));
    }

    [Fact]
    public async Task ImportAsync_OfADamagedModelAgain_HealsIt()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var pack = _test.Objects().MaxBy(path => new FileInfo(path).Length)!;
        TestStore.Flip(pack, new FileInfo(pack).Length / 2);
        Assert.False((await _test.Store.VerifyAsync(Cancellation)).IsHealthy);

        await _test.ImportAsync("m:1", TestModels.MatMul);

        await _test.RequireContentAsync("m:1", TestModels.MatMul);
        await _test.Store.CollectGarbageAsync(Cancellation);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task AnyCall_IndexDamaged_FailsInWordsOrGivesTheRightBytes()
    {
        await ImportAndLayOutAsync();
        var length = new FileInfo(_test.IndexPath).Length;
        foreach (var place in PlacesIn((int)length))
        {
            // What is found damaged is made anew under another name, and what is not, written over.
            var index = _test.IndexPath;
            SqliteConnection.ClearAllPools();
            var content = await File.ReadAllBytesAsync(index, Cancellation);
            TestStore.Flip(index, Math.Min(place, content.Length - 1));
            _test.Reopen();
            await RequireNoWrongBytesAsync();
            SqliteConnection.ClearAllPools();
            if (File.Exists(index))
            {
                await File.WriteAllBytesAsync(index, content, Cancellation);
            }
        }
    }

    private static IEnumerable<byte[]> Changes(byte[] content)
    {
        foreach (var place in PlacesIn(content.Length))
        {
            var changed = content.ToArray();
            changed[place] ^= 0x41;
            yield return changed;
        }

        yield return content[..^1];
        yield return [];
    }

    // Ends and beginnings hold what formats say of themselves; the middle is content.
    private static IEnumerable<int> PlacesIn(int length) =>
        Enumerable.Range(0, PlacesInAFile).Select(i => (int)((long)length * i / PlacesInAFile)).Concat([1, 4, 8, length - 1, length - 4, length - 8, length - 16])
            .Where(place => place >= 0 && place < length).Distinct();

    private async Task ImportAndLayOutAsync()
    {
        await _test.ImportAsync("mlp:1", TestModels.Mlp);
        await _test.ImportAsync("external:1", TestModels.External);
        (await _test.Store.MaterializeAsync("mlp:1", Cancellation)).Dispose();
        await _test.RequireHealthyAsync();
    }

    private string[] FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(_test.Directory, folder), "*", SearchOption.AllDirectories).Order()];

    private async Task RequireFoundAsync(string file, byte[] content, byte[] changed) => Assert.False(
        (await _test.Store.VerifyAsync(Cancellation)).IsHealthy,
        $"{file}: {changed.Length} of {content.Length} bytes, different from {content.AsSpan().CommonPrefixLength(changed)} on");

    private async Task RequireNoWrongBytesAsync()
    {
        foreach (var (reference, model) in new[] { ("mlp:1", TestModels.Mlp), ("external:1", TestModels.External) })
        {
            try
            {
                await _test.RequireContentAsync(reference, model);
            }
            catch (EdgeAIException exception)
            {
                Assert.True(exception is ContentCorruptedException or StorageException or ModelNotFoundException, exception.ToString());
            }
        }
    }
}
