using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Tests.Codecs;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Matching;

/// <summary>What was made from a stored tensor takes little room, whatever it is called and wherever it lies, and comes back bit for bit.</summary>
public sealed class RelatedTensorTests : IDisposable
{
    private const int Rows = 700;
    private const int Columns = 512;
    private const int Elements = Rows * Columns;

    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("m:2", "weight", 0.15)]
    [InlineData("other:1", "renamed", 0.15)]
    public async Task ImportAsync_ATunedVersion_KeepsOnlyWhatDiffers(string reference, string name, double share)
    {
        await ImportAsync("m:1", Model("weight", "BF16", ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1)));
        var tuned = Model(name, "BF16", Tune(ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1)));

        var result = await ImportAsync(reference, tuned);

        Assert.InRange(result.StoredBytes, 1, (long)(share * tuned.Length));
        await RequireAsync(reference, tuned);
    }

    [Theory]
    [InlineData("F16", 2)]
    [InlineData("BF16", 3)]
    public async Task ImportAsync_ACast_KeepsNextToNothing(string type, byte form)
    {
        var weights = ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 1);
        await ImportAsync("m:1", Model("weight", "F32", weights));
        var cast = new byte[Elements * ((ElementForm)form).SizeOf()];
        ElementCast.Cast(weights, ElementForm.Float32, cast, (ElementForm)form);
        var model = Model("cast", type, cast);

        var result = await ImportAsync("cast:1", model);

        Assert.InRange(result.StoredBytes, 1, 4096);
        await RequireAsync("cast:1", model);
    }

    [Theory]
    [InlineData("I8", 1, 0, Columns)]
    [InlineData("U8", 5, 131, 0)]
    public async Task ImportAsync_AQuantisation_KeepsNextToNothing(string type, byte form, int zeroPoint, int rowLength)
    {
        var weights = ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 1);
        await ImportAsync("m:1", Model("weight", "F32", weights));
        var model = Model("quantized", type, ChunkSamples.Quantized(weights, ElementForm.Float32, (ElementForm)form, zeroPoint, rowLength));

        var result = await ImportAsync("quantized:1", model);

        Assert.InRange(result.StoredBytes, 1, 16384);
        await RequireAsync("quantized:1", model);
    }

    [Fact]
    public async Task ImportAsync_AStoredTensorInAnUnknownFile_IsStoredOnce()
    {
        var weights = ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 1);
        await ImportAsync("m:1", Model("weight", "F32", weights));
        byte[] container = [.. ChunkSamples.Noise(12_345, 8), .. weights, .. ChunkSamples.Noise(54_321, 9)];

        var result = await _test.Store.ImportAsync("unknown:1", ModelSource.FromMemory(container, "weights.bin"), null, Cancellation);

        Assert.Equal(12_345 + 54_321, result.NewBytes);
        await RequireAsync("unknown:1", container);
    }

    [Fact]
    public async Task ImportAsync_ManyVersions_StayReadableAndWithinTheirChain()
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        var versions = new List<byte[]>();
        for (var version = 0; version < 8; version++)
        {
            versions.Add(Model("weight", "BF16", weights));
            await ImportAsync($"m:{version}", versions[version]);
            weights = Tune(weights);
        }

        for (var version = 0; version < versions.Count; version++)
        {
            await RequireAsync($"m:{version}", versions[version]);
        }
    }

    [Fact]
    public async Task CollectGarbageAsync_ABaseWhoseModelIsGone_StaysForWhatWasMadeFromIt()
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        await ImportAsync("m:1", Model("weight", "BF16", weights));
        var tuned = Model("weight", "BF16", Tune(weights));
        await ImportAsync("m:2", tuned);
        await _test.Store.RemoveAsync("m:1", Cancellation);

        await _test.Store.CollectGarbageAsync(Cancellation);

        await RequireAsync("m:2", tuned);
    }

    [Fact]
    public async Task ImportArchiveAsync_AnUpdate_IsTheBytesThatThePlanSays()
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        var first = await ImportAsync("m:1", Model("weight", "BF16", weights));
        var tuned = Model("weight", "BF16", Tune(weights));
        await ImportAsync("m:2", tuned);
        using var node = new TestStore();
        await node.Store.ImportArchiveAsync(await ExportAsync("m:1", []), null, Cancellation);

        var plan = await _test.Store.PlanUpdateAsync([first.Model.Digest], "m:2", Cancellation);
        var update = await ExportAsync("m:2", [first.Model.Digest]);
        await node.Store.ImportArchiveAsync(update, null, Cancellation);

        Assert.InRange(plan.MovedBytes, 1, (long)(0.15 * plan.TotalBytes));
        Assert.InRange(update.Length, plan.MovedBytes, plan.MovedBytes + 2048);
        await using var stream = await node.Store.OpenAsync("m:2", null, Cancellation);
        Assert.Equal(tuned, await TestStore.ReadAsync(stream));
        await node.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_AVersionOfWhatAnArchiveBroughtAgain_StillFindsItsBase()
    {
        var weights = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
        await ImportAsync("m:1", Model("weight", "BF16", weights));
        await _test.Store.ImportArchiveAsync(await ExportAsync("m:1", []), null, Cancellation);
        var tuned = Model("weight", "BF16", Tune(weights));

        var result = await ImportAsync("m:2", tuned);

        Assert.InRange(result.StoredBytes, 1, (long)(0.15 * tuned.Length));
        await RequireAsync("m:2", tuned);
    }

    private static byte[] Model(string name, string type, byte[] data) =>
        new SafetensorsBuilder().Tensor(name, type, data, Rows, Columns).Build();

    // One in eight weights moves by the least that it can.
    private static byte[] Tune(byte[] weights)
    {
        var tuned = (byte[])weights.Clone();
        var random = new Random(4);
        for (var i = 0; i < tuned.Length; i += 2)
        {
            tuned[i] ^= (byte)(random.Next(8) == 0 ? 1 : 0);
        }

        return tuned;
    }

    private ValueTask<ImportResult> ImportAsync(string reference, byte[] model) =>
        _test.Store.ImportAsync(reference, ModelSource.FromMemory(model, "model.safetensors"), null, Cancellation);

    private async Task<MemoryStream> ExportAsync(string reference, Digest[] have)
    {
        var archive = new MemoryStream();
        await _test.Store.ExportArchiveAsync(reference, archive, have, Cancellation);
        archive.Position = 0;
        return archive;
    }

    private async Task RequireAsync(string reference, byte[] content)
    {
        await using var stream = await _test.Store.OpenAsync(reference, null, Cancellation);
        Assert.Equal(content, await TestStore.ReadAsync(stream));
        await _test.RequireHealthyAsync();
    }
}
