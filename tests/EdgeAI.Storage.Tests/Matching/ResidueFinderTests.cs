using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Matching;

/// <summary>What stands around the tensors of a version that changes little of it is kept, and moved, as next to nothing.</summary>
public sealed class ResidueFinderTests : IDisposable
{
    private const int Tensors = 120;

    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("m:2")]
    [InlineData("other/name:1")]
    public async Task ImportAsync_TheSameTensorsInAnotherOrder_KeepsAndMovesLittle(string reference)
    {
        var first = await ImportAsync("m:1", Model(Enumerable.Range(0, Tensors)));
        var reordered = Model(Enumerable.Range(0, Tensors).Reverse());

        var second = await ImportAsync(reference, reordered);

        var plan = await _test.Store.PlanUpdateAsync([first.Model.Digest], reference, Cancellation);
        Assert.InRange(second.StoredBytes, 1, 6000);
        Assert.InRange(plan.MovedBytes, 1, 10_000);
        await RequireAsync(_test, reference, reordered);
    }

    [Fact]
    public async Task ImportArchiveAsync_TheSameTensorsInAnotherOrder_IsAShortFile()
    {
        var first = await ImportAsync("m:1", Model(Enumerable.Range(0, Tensors)));
        var reordered = Model(Enumerable.Range(0, Tensors).Reverse());
        await ImportAsync("m:2", reordered);
        using var node = new TestStore();
        await node.Store.ImportArchiveAsync(await ExportAsync("m:1"), null, Cancellation);

        var update = await ExportAsync("m:2", first.Model.Digest);
        var plan = await _test.Store.PlanUpdateAsync([first.Model.Digest], "m:2", Cancellation);
        await node.Store.ImportArchiveAsync(update, null, Cancellation);

        Assert.InRange(update.Length, plan.MovedBytes, plan.MovedBytes + 1024);
        await RequireAsync(node, "m:2", reordered);
    }

    [Fact]
    public async Task ImportArchiveAsync_UpdateOfAVersionThatTheStoreLacks_IsRefused()
    {
        var first = await ImportAsync("m:1", Model(Enumerable.Range(0, Tensors)));
        await ImportAsync("m:2", Model(Enumerable.Range(0, Tensors).Reverse()));
        using var node = new TestStore();

        var update = await ExportAsync("m:2", first.Model.Digest);

        var exception = await Assert.ThrowsAsync<InvalidArchiveException>(async () => await node.Store.ImportArchiveAsync(update, null, Cancellation));
        Assert.Contains(first.Model.Digest.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Empty(node.Objects());
    }

    [Fact]
    public async Task PlanUpdateAsync_VersionAfterVersion_MovesLittleButWhereAChainBeginsAnew()
    {
        var (moved, previous) = (new List<long>(), default(Digest));
        for (var version = 0; version < 10; version++)
        {
            var model = Model(Enumerable.Range(version, Tensors - version).Concat(Enumerable.Range(0, version)));
            var result = await ImportAsync($"m:{version}", model);
            moved.Add((await _test.Store.PlanUpdateAsync([previous], $"m:{version}", Cancellation)).MovedBytes);
            previous = result.Model.Digest;
            await RequireAsync(_test, $"m:{version}", model);
        }

        var index = new StoreIndex(() => _test.IndexPath);
        var depths = index.ListPacks().SelectMany(pack => index.ListChunks(pack.Digest)).Select(chunk => (int)(chunk.Base?.Depth ?? 0));
        Assert.Equal(ChunkBase.MaxDepth, depths.Max());
        Assert.All(moved.Skip(1), bytes => Assert.InRange(bytes, 1, 100_000));
        Assert.Equal(8, moved.Count(bytes => bytes < 5000));
    }

    [Fact]
    public async Task CollectGarbageAsync_AResidueWhoseModelIsGone_StaysForWhatWasMadeFromIt()
    {
        await ImportAsync("m:1", Model(Enumerable.Range(0, Tensors)));
        var reordered = Model(Enumerable.Range(0, Tensors).Reverse());
        await ImportAsync("m:2", reordered);
        await _test.Store.RemoveAsync("m:1", Cancellation);

        await _test.Store.CollectGarbageAsync(Cancellation);

        await RequireAsync(_test, "m:2", reordered);
    }

    [Fact]
    public async Task ImportAsync_EarlierManifestDamaged_StandsByItself()
    {
        await ImportAsync("m:1", Model(Enumerable.Range(0, Tensors)));
        await File.WriteAllTextAsync(_test.Objects().Single(path => path.Contains("manifests", StringComparison.Ordinal)), "{}", Cancellation);
        var reordered = Model(Enumerable.Range(0, Tensors).Reverse());

        await ImportAsync("m:2", reordered);

        await using var stream = await _test.Store.OpenAsync("m:2", null, Cancellation);
        Assert.Equal(reordered, await TestStore.ReadAsync(stream));
    }

    [Fact]
    public async Task ListNearestVersions_ManyNames_IsTheModelsOwnThenTheLatestEachOnce()
    {
        var content = Enumerable.Range(0, 4).Select(i => Model([i])).ToArray();
        var own = await ImportAsync("m:1", content[0]);
        await ImportAsync("other:0", content[1]);
        foreach (var i in Enumerable.Range(1, 20))
        {
            await ImportAsync($"other:{i}", content[2]);
        }

        var latest = await ImportAsync("other:last", content[3]);

        var nearest = new StoreIndex(() => _test.IndexPath).ListNearestVersions("m", 3);

        Assert.Equal(own.Model.Digest, nearest[0]);
        Assert.Equal(new[] { latest.Model.Digest, (await _test.Store.FindAsync("other:20", Cancellation))!.Digest }.ToHashSet(), nearest.Skip(1).ToHashSet());
        Assert.Equal(nearest[0], Assert.Single(new StoreIndex(() => _test.IndexPath).ListNearestVersions("m", 1)));
    }

    // Large tensors and, after each, a small one of noise, which no compression shortens.
    private static byte[] Model(IEnumerable<int> order)
    {
        var builder = new SafetensorsBuilder();
        foreach (var i in order)
        {
            builder.Tensor($"layer.{i}.weight", "U8", SeededRandom.Bytes(i, 5000 + i), 5000 + i);
            builder.Tensor($"layer.{i}.bias", "U8", SeededRandom.Bytes(1000 + i, 600), 600);
        }

        return builder.Build();
    }

    private async Task<ImportResult> ImportAsync(string reference, byte[] model) =>
        await _test.Store.ImportAsync(reference, ModelSource.FromMemory(model, "model.safetensors"), null, Cancellation);

    private async Task<MemoryStream> ExportAsync(string reference, params Digest[] have)
    {
        var archive = new MemoryStream();
        await _test.Store.ExportArchiveAsync(reference, archive, have, Cancellation);
        archive.Position = 0;
        return archive;
    }

    private static async Task RequireAsync(TestStore store, string reference, byte[] content)
    {
        await using var stream = await store.Store.OpenAsync(reference, null, Cancellation);
        Assert.Equal(content, await TestStore.ReadAsync(stream));
        await store.RequireHealthyAsync();
    }
}
