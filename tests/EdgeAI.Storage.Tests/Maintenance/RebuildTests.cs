using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Tests.Codecs;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Safetensors;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Maintenance;

/// <summary>The index says nothing that packs, manifests and names do not: whatever becomes of it, it is made anew.</summary>
public sealed class RebuildTests : IDisposable
{
    private const int Elements = 300_000;
    private const int Kills = 6;
    private const int FewModels = 5;

    private static readonly byte[] First = Weights(0);
    private static readonly byte[] Second = Weights(1);

    private readonly TestStore _test = new();

    public static TheoryData<string> Losses => [.. LossesByName.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Dictionary<string, Action<TestStore>> LossesByName { get; } = new()
    {
        ["deleted"] = test => File.Delete(test.IndexPath),
        ["emptied"] = test => File.WriteAllBytes(test.IndexPath, []),
        ["cut-short"] = test => Truncate(test.IndexPath, new FileInfo(test.IndexPath).Length / 2),
        ["cut-short-in-its-header"] = test => Truncate(test.IndexPath, 50),
        ["garbage"] = test => File.WriteAllBytes(test.IndexPath, ChunkSamples.Noise(50_000, 3)),
        ["another-database"] = test => MakeDatabase(test.IndexPath),
        ["unmarked"] = test => File.Delete(Path.ChangeExtension(test.IndexPath, ".current")),
        ["all-of-it-deleted"] = test => Array.ForEach(Directory.GetFiles(test.Directory, "index*"), File.Delete),
    };

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task RebuildIndexAsync_OfAVariedStore_GivesEveryRowAgain()
    {
        await FillAsync(int.MaxValue);
        var before = IndexDump.Read(_test.IndexPath);

        var report = await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Equal(before, IndexDump.Read(_test.IndexPath));
        Assert.Contains(before, row => row.StartsWith("tensors", StringComparison.Ordinal));
        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Problems));
        Assert.Equal((await _test.Store.ListAsync(Cancellation)).Count, report.Names);
        Assert.Equal(before.Length, report.Packs + report.Chunks + report.Manifests + report.Names + before.Count(row => row.StartsWith("tensors", StringComparison.Ordinal)));
        await RequireFilledAsync();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Open_IndexLost_MakesItAnew(string loss)
    {
        await FillAsync();
        var before = IndexDump.Read(_test.IndexPath);
        SqliteConnection.ClearAllPools();
        LossesByName[loss](_test);

        _test.Reopen();
        await RequireFilledAsync();

        Assert.Equal(before, IndexDump.Read(_test.IndexPath));
        await ImportAsync("weights:3", Weights(2));
    }

    [Fact]
    public async Task Open_StoreFromBeforeNamesWereObjects_KeepsItsNames()
    {
        await FillAsync();
        var before = IndexDump.Read(_test.IndexPath);
        SqliteConnection.ClearAllPools();
        File.Move(_test.IndexPath, Path.Combine(_test.Directory, "index.db"));
        Array.ForEach(Directory.GetFiles(_test.Directory, "*.current"), File.Delete);
        Directory.Delete(Path.Combine(_test.Directory, "objects", "names"), recursive: true);

        _test.Reopen();
        await RequireFilledAsync();

        Assert.Equal(before, IndexDump.Read(_test.IndexPath));
        Assert.False(File.Exists(Path.Combine(_test.Directory, "index.db")));
    }

    [Fact]
    public async Task RebuildIndexAsync_AByteOfAPackChanged_SaysSoAndKeepsTheRest()
    {
        await _test.ImportAsync("whole:1", TestModels.Mlp);
        var others = Packs();
        await ImportAsync("weights:1", First);
        var pack = Packs().Except(others).Single();
        Flip(pack, new FileInfo(pack).Length / 2);

        var report = await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Contains(report.Problems, problem => problem.Location.EndsWith(Path.GetFileName(pack), StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.Models.Contains("weights:1"));
        await RequireRestAndHealAsync();
    }

    [Fact]
    public async Task RebuildIndexAsync_APacksIndexChanged_LeavesItOut()
    {
        await _test.ImportAsync("whole:1", TestModels.Mlp);
        var others = Packs();
        await ImportAsync("weights:1", First);
        var pack = Packs().Except(others).Single();
        Flip(pack, new FileInfo(pack).Length - 100);

        var report = await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Equal(1, report.Packs);
        Assert.Contains(report.Problems, problem => problem.Location.EndsWith(Path.GetFileName(pack), StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.Models.Contains("weights:1"));
        await RequireRestAndHealAsync();
    }

    [Fact]
    public async Task RebuildIndexAsync_ABaseGone_HasTheDifferenceStoredAgainByTheNextImport()
    {
        await ImportAsync("weights:1", First);
        var pack = Packs().Single();
        await ImportAsync("weights:2", Second);
        File.Delete(pack);

        var report = await _test.Store.RebuildIndexAsync(Cancellation);
        await ImportAsync("weights:2", Second);

        Assert.Equal(["weights:1", "weights:2"], report.Problems.SelectMany(problem => problem.Models).Order());
        await using (var stream = await _test.Store.OpenAsync("weights:2", null, Cancellation))
        {
            Assert.Equal(Second, await TestStore.ReadAsync(stream));
        }

        await ImportAsync("weights:1", First);
        await RequireAsync("weights:1", First);
    }

    [Fact]
    public async Task RebuildIndexAsync_AManifestDamaged_KeepsItsNameAndSaysSo()
    {
        var digest = (await _test.ImportAsync("m:1", TestModels.Mlp)).Model.Digest;
        Flip(Path.Combine(_test.Directory, "objects", "manifests", digest.Hex + ".json"), 10);
        var before = await _test.ListAsync();

        var report = await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.Equal(before, await _test.ListAsync());
        Assert.Equal(["m:1"], Assert.Single(report.Problems).Models);
        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await _test.Store.InspectAsync("m:1", Cancellation));
        await _test.ImportAsync("m:1", TestModels.Mlp);
        await _test.RequireContentAsync("m:1", TestModels.Mlp);
        await _test.RequireHealthyAsync();
    }

    // One store has the second from the first, the other the first from the second; together, either could wait for the other.
    [Fact]
    public async Task RebuildIndexAsync_TwoPacksWithTheSameChunks_TakesEachFromWhereItCanBeRead()
    {
        using var other = new TestStore();
        await ImportAsync(other, "weights:1", First);
        await ImportAsync(other, "weights:2", Second);
        await ImportAsync("weights:2", Second);
        await ImportAsync("weights:1", First);
        await CarryAsync(other, "weights:2");

        var report = await _test.Store.RebuildIndexAsync(Cancellation);
        var rows = IndexDump.Read(_test.IndexPath);
        await _test.Store.RebuildIndexAsync(Cancellation);

        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Problems));
        Assert.Equal(rows, IndexDump.Read(_test.IndexPath));
        await RequireAsync("weights:1", First);
        await RequireAsync("weights:2", Second);
    }

    [Fact]
    public async Task ImportAsync_AVersionOfWhatCameByArchive_IsKeptAsItsDifference()
    {
        using var other = new TestStore();
        await ImportAsync(other, "weights:1", First);
        await CarryAsync(other, "weights:1");

        var result = await ImportAsync("weights:2", Second);

        Assert.InRange(result.StoredBytes, 1, Second.Length / 5);
    }

    [Fact]
    public async Task ImportAsync_AfterARebuild_FindsBasesAsBefore()
    {
        await ImportAsync("weights:1", First);
        await _test.Store.RebuildIndexAsync(Cancellation);

        var result = await ImportAsync("other-name:1", Second);

        Assert.InRange(result.StoredBytes, 1, Second.Length / 5);
    }

    [Fact]
    public async Task Open_CrashedBetweenANamesObjectAndItsRow_TakesTheObjectsWord()
    {
        await ImportAsync("weights:1", First);
        SqliteConnection.ClearAllPools();
        var index = _test.IndexPath;
        var content = await File.ReadAllBytesAsync(index, Cancellation);
        await ImportAsync("weights:1", Second);
        await ImportAsync("weights:new", First);
        var after = await _test.ListAsync();
        SqliteConnection.ClearAllPools();
        await File.WriteAllBytesAsync(index, content, Cancellation);

        _test.Reopen();

        Assert.Equal(after, await _test.ListAsync());
        await RequireAsync("weights:1", Second);
    }

    [Fact]
    public async Task Open_CrashedWhileANameWasRemoved_TakesTheObjectsWord()
    {
        await ImportAsync("weights:1", First);
        SqliteConnection.ClearAllPools();
        var index = _test.IndexPath;
        var content = await File.ReadAllBytesAsync(index, Cancellation);
        await _test.Store.RemoveAsync("weights:1", Cancellation);
        SqliteConnection.ClearAllPools();
        await File.WriteAllBytesAsync(index, content, Cancellation);

        _test.Reopen();

        Assert.Empty(await _test.ListAsync());
    }

    [Fact]
    public async Task CollectGarbageAsync_ANameThatTheIndexLacks_KeepsItsContent()
    {
        await ImportAsync("weights:1", First);
        using (var connection = new SqliteConnection($"Data Source={_test.IndexPath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM names";
            command.ExecuteNonQuery();
        }

        await _test.Store.CollectGarbageAsync(Cancellation);

        await RequireAsync("weights:1", First);
    }

    [Fact]
    public async Task Open_ANamesObjectDamaged_IsWrittenAgain()
    {
        await ImportAsync("weights:1", First);
        var path = Directory.EnumerateFiles(Path.Combine(_test.Directory, "objects", "names")).Single();
        Flip(path, 30);
        Assert.False((await _test.Store.VerifyAsync(Cancellation)).IsHealthy);

        _test.Reopen();

        await RequireAsync("weights:1", First);
    }

    [Fact]
    public async Task AnyCall_DirectoryDeletedMeanwhile_BeginsAnew()
    {
        await ImportAsync("weights:1", First);
        Directory.Delete(_test.Directory, recursive: true);

        Assert.Empty(await _test.ListAsync());
        await ImportAsync("weights:2", Second);
        await RequireAsync("weights:2", Second);
    }

    [Fact]
    public async Task RebuildIndexAsync_KilledAnywhere_LeavesTheStoreAsItWas()
    {
        await FillAsync();
        var before = IndexDump.Read(_test.IndexPath);
        for (var kill = 0; kill < Kills; kill++)
        {
            using (var child = StoreProcesses.StartRebuilding(_test.Directory))
            {
                for (var step = 0; step <= kill; step++)
                {
                    Assert.Equal("step", await child.ReadLineAsync(Cancellation));
                }

                child.Kill();
                await child.WaitAsync(Cancellation);
            }

            _test.Reopen();
            await _test.ListAsync();
            Assert.Equal(before, IndexDump.Read(_test.IndexPath));
        }

        await RequireFilledAsync();
        Assert.Single(Directory.EnumerateFiles(_test.Directory, "index-*.db"));
    }

    [Fact]
    public async Task AnyCall_AnotherProcessRebuilding_GoesOverToTheNewIndex()
    {
        await ImportAsync("weights:1", First);
        using var child = StoreProcesses.StartRebuilding(_test.Directory);
        Assert.Equal("step", await child.ReadLineAsync(Cancellation));

        for (var i = 0; i < 10; i++)
        {
            await ImportAsync($"weights:{i + 2}", i % 2 == 0 ? Second : First);
            Assert.Equal(i + 2, (await _test.ListAsync()).Length);
            Assert.Equal("step", await child.ReadLineAsync(Cancellation));
        }

        child.Kill();
        await child.WaitAsync(Cancellation);
        _test.Reopen();
        Assert.Equal(11, (await _test.ListAsync()).Length);
        await RequireAsync("weights:2", Second);
        var kept = IndexDump.Read(_test.IndexPath);
        await _test.Store.RebuildIndexAsync(Cancellation);
        Assert.Equal(kept, IndexDump.Read(_test.IndexPath));
    }

    [Fact]
    public async Task RebuildIndexAsync_BesideOtherCalls_LosesNothing()
    {
        await ImportAsync("weights:0", First);
        var imports = Enumerable.Range(1, 8).Select(i => ImportAsync($"weights:{i}", i % 2 == 0 ? First : Second));
        var rebuilds = Enumerable.Range(0, 4).Select(_ => _test.Store.RebuildIndexAsync(Cancellation).AsTask());

        await Task.WhenAll([.. imports, .. rebuilds]);

        Assert.Equal(9, (await _test.ListAsync()).Length);
        await _test.RequireHealthyAsync();
    }

    // Versions, casts, quantisations, companions, a file that no parser knows, an archive; names moved, doubled and removed.
    private async Task FillAsync(int models = FewModels)
    {
        foreach (var model in TestModels.All.Take(models))
        {
            await _test.ImportAsync("catalogue/" + model.Name, model);
        }

        await ImportAsync("weights:1", First);
        await ImportAsync("weights:2", Second);
        await ImportAsync("重み/вес:ü", Second);
        await ImportAsync("moved:1", First);
        await ImportAsync("moved:1", Second);
        var plain = ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 7);
        await ImportAsync("plain:1", Model("F32", plain));
        await ImportAsync("quantised:1", Model("I8", ChunkSamples.Quantized(plain, ElementForm.Float32, ElementForm.Int8, 0, 0)));
        await _test.Store.ImportAsync("unknown:1", ModelSource.FromMemory((byte[])[.. ChunkSamples.Noise(10_000, 5), .. plain], "weights.bin"), null, Cancellation);
        await _test.ImportAsync("gone:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("gone:1", Cancellation);
        using var other = new TestStore();
        var carried = new SafetensorsBuilder().Tensor("carried", "F32", ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 9), Elements).Build();
        await ImportAsync(other, "carried:1", carried);
        await CarryAsync(other, "carried:1");
    }

    private async Task RequireFilledAsync()
    {
        foreach (var model in await _test.Store.ListAsync(Cancellation))
        {
            if (model.Reference.Name.StartsWith("catalogue/", StringComparison.Ordinal))
            {
                await _test.RequireContentAsync(model.Reference, TestModels.Get(model.Reference.Name["catalogue/".Length..]));
            }
        }

        await RequireAsync("重み/вес:ü", Second);
        await RequireAsync("moved:1", Second);
        Assert.Null(await _test.Store.FindAsync("gone:1", Cancellation));
    }

    private async Task RequireRestAndHealAsync()
    {
        await _test.RequireContentAsync("whole:1", TestModels.Mlp);
        await Assert.ThrowsAsync<ContentCorruptedException>(() => RequireAsync("weights:1", First));
        await ImportAsync("weights:1", First);
        await _test.Store.CollectGarbageAsync(Cancellation);
        await RequireAsync("weights:1", First);
    }

    private async Task RequireAsync(string reference, byte[] content)
    {
        await using var stream = await _test.Store.OpenAsync(reference, null, Cancellation);
        Assert.Equal(content, await TestStore.ReadAsync(stream));
        await _test.RequireHealthyAsync();
    }

    private async Task CarryAsync(TestStore from, string reference)
    {
        using var archive = new MemoryStream();
        await from.Store.ExportArchiveAsync(reference, archive, null, Cancellation);
        archive.Position = 0;
        await _test.Store.ImportArchiveAsync(archive, null, Cancellation);
    }

    private Task<ImportResult> ImportAsync(string reference, byte[] model) => ImportAsync(_test, reference, model);

    private static async Task<ImportResult> ImportAsync(TestStore test, string reference, byte[] model) =>
        await test.Store.ImportAsync(reference, ModelSource.FromMemory(model, "model.safetensors"), null, Cancellation);

    private string[] Packs() => [.. Directory.EnumerateFiles(Path.Combine(_test.Directory, "objects", "packs"))];

    private static byte[] Model(string type, byte[] data) => new SafetensorsBuilder().Tensor("weight", type, data, Elements).Build();

    // Each version moves one weight in eight by the least that it can.
    private static byte[] Weights(int version)
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        var random = new Random(4);
        for (var i = 0; i < weights.Length * version; i += 2)
        {
            weights[i % weights.Length] ^= (byte)(random.Next(8) == 0 ? 1 : 0);
        }

        return Model("BF16", weights);
    }

    private static void Flip(string path, long place)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = place;
        var value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ 0x41));
    }

    private static void Truncate(string path, long length)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }

    private static void MakeDatabase(string path)
    {
        File.Delete(path);
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE names (other TEXT)";
        command.ExecuteNonQuery();
    }
}
