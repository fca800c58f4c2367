using System.Text.Json.Nodes;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Updates;

/// <summary>Models carried between stores in one file, which may have come from anywhere.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly TestStore _from = new();
    private readonly TestStore _to = new();

    public static TheoryData<string> Names => [.. TestModels.Names];

    public static TheoryData<string> HostileManifests => [.. ManifestChanges.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Dictionary<string, Action<JsonObject>> ManifestChanges { get; } = new()
    {
        ["path-that-leads-out"] = manifest => FileOf(manifest)["path"] = "../../evil.onnx",
        ["path-absolute"] = manifest => FileOf(manifest)["path"] = "/tmp/evil.onnx",
        ["path-null"] = manifest => FileOf(manifest)["path"] = null,
        ["files-null"] = manifest => manifest["files"] = null,
        ["files-none"] = manifest => manifest["files"] = new JsonArray(),
        ["files-with-null"] = manifest => manifest["files"]!.AsArray().Add(null),
        ["files-missing"] = manifest => manifest.Remove("files"),
        ["chunks-null"] = manifest => FileOf(manifest)["chunks"] = null,
        ["chunks-missing"] = manifest => FileOf(manifest)["chunks"]!.AsArray().RemoveAt(0),
        ["gaps-null"] = manifest => FileOf(manifest)["gaps"] = null,
        ["gaps-missing"] = manifest => FileOf(manifest)["gaps"]!.AsArray().RemoveAt(0),
        ["gaps-not-there"] = manifest => FileOf(manifest).Remove("gaps"),
        ["gaps-too-many"] = manifest => FileOf(manifest)["gaps"]!.AsArray().Add(new JsonArray(1, 1)),
        ["gap-of-terabytes"] = manifest => FileOf(manifest)["gaps"]![0]![1] = 1L << 50,
        ["gap-without-length"] = manifest => FileOf(manifest)["gaps"]![0]![1] = 0,
        ["gap-of-negative-length"] = manifest => FileOf(manifest)["gaps"]![0]![1] = -1,
        ["gap-beyond-the-chunks"] = manifest => FileOf(manifest)["gaps"]![0]![0] = 1000,
        ["gap-before-the-file"] = manifest => FileOf(manifest)["gaps"]![0]![0] = -1,
        ["gap-malformed"] = manifest => FileOf(manifest)["gaps"]![0] = new JsonArray(1),
        ["length-other"] = manifest => FileOf(manifest)["length"] = 1L << 50,
        ["length-negative"] = manifest => FileOf(manifest)["length"] = -1,
        ["tensors-null"] = manifest => FileOf(manifest)["tensors"] = null,
        ["tensors-with-null"] = manifest => FileOf(manifest)["tensors"]!.AsArray().Add(null),
        ["tensor-before-the-file"] = manifest => FileOf(manifest)["tensors"]!.AsArray().Add(Tensor(-1, 1)),
        ["tensor-beyond-the-file"] = manifest => FileOf(manifest)["tensors"]!.AsArray().Add(Tensor(1L << 40, 1)),
        ["tensor-of-negative-length"] = manifest => FileOf(manifest)["tensors"]!.AsArray().Add(Tensor(0, -1)),
        ["tensor-without-place"] = manifest => FileOf(manifest)["tensors"]!.AsArray().Add(new JsonArray("w", "float32")),
        ["schema-of-the-future"] = manifest => manifest["schema"] = 99,
        ["signature-null"] = manifest => manifest["signature"] = null,
        ["signature-inputs-null"] = manifest => manifest["signature"]!["inputs"] = null,
        ["signature-inputs-with-null"] = manifest => manifest["signature"]!["inputs"]!.AsArray().Add(null),
        ["type-without-elements"] = manifest => TypeOf(manifest).Remove("elementType"),
        ["type-of-no-elements"] = manifest => TypeOf(manifest)["elementType"] = 99,
        ["type-of-no-kind"] = manifest => TypeOf(manifest)["kind"] = 99,
        ["type-without-content"] = manifest => TypeOf(manifest)["kind"] = "Sequence",
        ["metadata-with-null"] = manifest => manifest["metadata"]!["producer"] = null,
        ["operators-with-null"] = manifest => manifest["operators"]!.AsArray().Add(null),
        ["metadata-null"] = manifest => manifest["metadata"] = null,
        ["operators-null"] = manifest => manifest["operators"] = null,
    };

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ImportArchiveAsync_EveryModelOfTheCatalogue_ArrivesBitForBit(string name)
    {
        var model = TestModels.Get(name);
        var exported = await _from.ImportAsync("catalogue/" + name, model);
        using var archive = new MemoryStream(await ExportAsync("catalogue/" + name));

        var result = await _to.Store.ImportArchiveAsync(archive, null, Cancellation);

        Assert.Equal(exported.Model.Digest, result.Model.Digest);
        Assert.Equal("catalogue/" + name + ":latest", result.Model.Reference.ToString());
        await _to.RequireContentAsync("catalogue/" + name, model);
        (await _to.Store.MaterializeAsync("catalogue/" + name, Cancellation)).Dispose();
        await _to.RequireHealthyAsync();
        await _from.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_UnderAnotherName_GivesIt()
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);

        var result = await ImportAsync(await ExportAsync("m:1"), "other/name:7");

        Assert.Equal("other/name:7", result.Model.Reference.ToString());
        Assert.Null(await _to.Store.FindAsync("m:1", Cancellation));
    }

    [Fact]
    public async Task ImportArchiveAsync_Twice_AddsNothing()
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);
        var archive = await ExportAsync("m:1");
        await ImportAsync(archive);
        var objects = _to.Objects();

        var second = await ImportAsync(archive);

        Assert.Equal((true, 0L), (second.WasPresent, second.NewBytes));
        Assert.Equal(objects, _to.Objects());
    }

    [Fact]
    public async Task ImportArchiveAsync_Update_NeedsTheVersionItBuildsOn()
    {
        var first = await _from.ImportAsync("m:1", TestModels.Get("external"));
        await _from.ImportAsync("m:2", TestModels.Get("external-two-files"));
        var whole = await ExportAsync("m:2");
        var update = await ExportAsync("m:2", first.Model.Digest);
        Assert.True(update.Length < whole.Length - (64 * 64 * sizeof(float) / 2), $"{update.Length} of {whole.Length} bytes");

        await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(update));
        Assert.Empty(await _to.ListAsync());
        await ImportAsync(await ExportAsync("m:1"));
        await ImportAsync(update);

        await _to.RequireContentAsync("m:2", TestModels.Get("external-two-files"));
        await _to.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_FineTunedModel_ArrivesWithOrWithoutItsBase()
    {
        var first = await _from.ImportAsync("m:1", TestModels.MatMul);
        await _from.ImportAsync("m:2", TestModels.FineTunedMatMul);
        await ImportAsync(await ExportAsync("m:2"));
        await _to.RequireContentAsync("m:2", TestModels.FineTunedMatMul);

        using var node = new TestStore();
        await node.ImportAsync("m:1", TestModels.MatMul);
        using var update = new MemoryStream(await ExportAsync("m:2", first.Model.Digest));
        await node.Store.ImportArchiveAsync(update, null, Cancellation);

        await node.RequireContentAsync("m:2", TestModels.FineTunedMatMul);
        await node.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_CutOffAnywhere_IsRefusedAndLeavesNothing()
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);
        var archive = await ExportAsync("m:1");

        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(archive[..(int)((long)archive.Length * i / 100)]));
        }

        await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(archive[..^1]));
        await RequireUnharmedAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_AnyByteChanged_IsRefusedOrMeansTheSame()
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);
        var archive = await ExportAsync("m:1");
        for (var i = 0; i < archive.Length; i += Math.Max(1, archive.Length / 400))
        {
            archive[i] ^= 0x11;
            await RequireRefusedOrTheSameAsync(archive);
            archive[i] ^= 0x11;
        }

        await _to.RequireHealthyAsync();
    }

    [Theory]
    [MemberData(nameof(HostileManifests))]
    public async Task ImportArchiveAsync_HostileManifest_IsRefusedAndLeavesNothing(string name)
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);
        var archive = new ArchiveBytes(await ExportAsync("m:1"));
        ManifestChanges[name](archive.Manifest);

        await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(archive.Build()));

        await RequireUnharmedAsync();
    }

    [Theory]
    [InlineData("manifestLength", "0")]
    [InlineData("manifestLength", "-1")]
    [InlineData("manifestLength", "9223372036854775807")]
    [InlineData("manifestLength", "1")]
    [InlineData("manifestLength", "268435456")]
    [InlineData("manifestStored", "0")]
    [InlineData("manifestStored", "-1")]
    [InlineData("manifestStored", "1")]
    [InlineData("manifestStored", "268435457")]
    [InlineData("manifestStored", "9223372036854775807")]
    [InlineData("manifestBase", "\"sha256:00\"")]
    [InlineData("manifestBase", "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")]
    [InlineData("packLength", "0")]
    [InlineData("packLength", "-1")]
    [InlineData("packLength", "9223372036854775807")]
    [InlineData("packLength", "null")]
    [InlineData("manifest", "\"sha256:00\"")]
    [InlineData("manifest", "null")]
    [InlineData("model", "null")]
    [InlineData("model", "\"../escape\"")]
    [InlineData("model", "\"\"")]
    [InlineData("model", "\"m@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")]
    public async Task ImportArchiveAsync_HostileHeader_IsRefusedAndLeavesNothing(string key, string json)
    {
        await _from.ImportAsync("m:1", TestModels.Mlp);
        var archive = new ArchiveBytes(await ExportAsync("m:1"));
        archive.Header[key] = JsonNode.Parse(json);

        await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(archive.BuildAsIs()));

        await RequireUnharmedAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_SomethingElse_IsRefused()
    {
        byte[][] others = [[], [1], new byte[4096], TestModels.Mlp.Content, SeededRandom.Bytes(1, 4096)];

        foreach (var other in others)
        {
            await Assert.ThrowsAsync<InvalidArchiveException>(() => ImportAsync(other));
        }

        await RequireUnharmedAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_ByDigest_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(
        async () => await _to.Store.ImportArchiveAsync(new MemoryStream(), ModelReference.Parse("a").At(Digest.Of([])), Cancellation));

    [Fact]
    public async Task ExportArchiveAsync_UnknownOrDamagedModel_SaysSo()
    {
        await _from.ImportAsync("m:1", TestModels.MatMul);
        await Assert.ThrowsAsync<ModelNotFoundException>(() => ExportAsync("none:1"));
        var pack = _from.Objects().MaxBy(path => new FileInfo(path).Length)!;
        await File.WriteAllBytesAsync(pack, (await File.ReadAllBytesAsync(pack, Cancellation))[..1000], Cancellation);

        await Assert.ThrowsAsync<ContentCorruptedException>(() => ExportAsync("m:1"));
    }

    [Fact]
    public async Task PlanUpdateAsync_Versions_SayWhatMoves()
    {
        var first = await _from.ImportAsync("m:1", TestModels.Get("external"));
        var second = await _from.ImportAsync("m:2", TestModels.Get("external-two-files"));

        var all = await _from.Store.PlanUpdateAsync([], "m:2", Cancellation);
        var some = await _from.Store.PlanUpdateAsync([first.Model.Digest, Digest.Of([])], "m:2", Cancellation);
        var none = await _from.Store.PlanUpdateAsync([second.Model.Digest], "m:2", Cancellation);

        Assert.Equal((second.Model, second.Model.Length), (all.Model, all.TotalBytes));
        Assert.True(none.MovedBytes < some.MovedBytes && some.MovedBytes < all.MovedBytes);
        Assert.True(some.Chunks < all.Chunks);
        Assert.Equal((0, 0L), (none.Chunks, none.MovedBytes));
        Assert.Empty(none.Ranges);
        await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _from.Store.PlanUpdateAsync([], "none:1", Cancellation));
    }

    private static JsonArray Tensor(long offset, long length) => ["w", "float32", new JsonArray(1), offset, length];

    private static JsonObject TypeOf(JsonObject manifest) => manifest["signature"]!["inputs"]![0]!["type"]!.AsObject();

    private static JsonObject FileOf(JsonObject manifest) => manifest["files"]![0]!.AsObject();

    private async Task<byte[]> ExportAsync(string model, params Digest[] have)
    {
        using var archive = new MemoryStream();
        await _from.Store.ExportArchiveAsync(model, archive, have, Cancellation);
        return archive.ToArray();
    }

    private async Task<ImportResult> ImportAsync(byte[] archive, string? model = null)
    {
        using var stream = new MemoryStream(archive);
        return await _to.Store.ImportArchiveAsync(stream, model is null ? null : ModelReference.Parse(model), Cancellation);
    }

    private async Task RequireUnharmedAsync()
    {
        Assert.Empty(_to.Objects());
        await _to.RequireUnharmedAsync([], "m:1", TestModels.Mlp);
    }

    private async Task RequireRefusedOrTheSameAsync(byte[] archive)
    {
        try
        {
            var result = await ImportAsync(archive);
            await _to.RequireContentAsync(result.Model.Reference, TestModels.Mlp);
        }
        catch (EdgeAIException exception)
        {
            Assert.True(exception is InvalidArchiveException, exception.ToString());
        }
    }
}
