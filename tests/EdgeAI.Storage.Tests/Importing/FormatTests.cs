using System.Runtime.InteropServices;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Gguf;
using EdgeAI.Testing.Onnx;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Importing;

/// <summary>Models of every format go in and come out, and share what they have in common.</summary>
public sealed class FormatTests : IDisposable
{
    private const int Size = 600;

    // Headers, graphs, and the zeros before aligned tensors.
    private const int MostResidue = 8192;

    private static readonly float[] Weight = SeededRandom.Floats(1, Size * Size);
    private static readonly float[] OtherWeight = SeededRandom.Floats(2, 50_000);

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, ModelFormat> Files => new()
    {
        { "inline.onnx", ModelFormat.Onnx },
        { "external.onnx", ModelFormat.Onnx },
        { "model.safetensors", ModelFormat.Safetensors },
        { "model.SafeTensors", ModelFormat.Safetensors },
        { "model.gguf", ModelFormat.Gguf },
        { "no-ending", ModelFormat.Gguf },
        { "weights.bin", ModelFormat.Other },
        { "empty.bin", ModelFormat.Other },
    };

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ImportAsync_EveryFormat_ComesOutBitForBitAndIsLaidOut(string name, ModelFormat format)
    {
        var content = Write(name);
        await _test.Store.ImportAsync("m:1", ModelSource.FromFile(_folder.Combine(name)), null, Cancellation);
        _test.Reopen();

        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);
        await _test.Store.ExportAsync("m:1", _folder.Combine("exported"), Cancellation);

        Assert.Equal(format, manifest.Format);
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.Combine("exported", name), Cancellation));
        await _test.RequireHealthyAsync();
        if (format != ModelFormat.Onnx)
        {
            Assert.Equal((name, null), (Path.GetFileName(hot.Files.ModelPath), hot.Files.WeightsPath));
            Assert.Equal(content, await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation));
        }
    }

    [Theory]
    [InlineData("inline.onnx")]
    [InlineData("external.onnx")]
    [InlineData("model.safetensors")]
    [InlineData("model.gguf")]
    public async Task ImportAsync_TheSameTensorsInAnyContainer_AreStoredOnce(string first)
    {
        await ImportAsync(first);

        foreach (var name in new[] { "inline.onnx", "external.onnx", "model.safetensors", "misaligned.safetensors", "model.gguf" })
        {
            var result = await ImportAsync(name);
            Assert.InRange(result.NewBytes, 0, MostResidue);
        }

        await _test.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("external.onnx", "external.data")]
    [InlineData("model.safetensors", "model.safetensors")]
    [InlineData("model.gguf", "model.gguf")]
    public async Task InspectAsync_Tensors_SaysWhatAndWhereTheyAre(string name, string file)
    {
        await ImportAsync(name);

        var manifest = await _test.Store.InspectAsync(name + ":1", Cancellation);
        var tensors = manifest.Files.Single(candidate => candidate.Path == file).Tensors;
        var content = await File.ReadAllBytesAsync(_folder.Combine(file), Cancellation);

        Assert.Equal(2, tensors.Count);
        Assert.All(tensors, tensor => Assert.Equal("float32", tensor.Type));
        var weight = tensors.Single(tensor => tensor.Shape.Count == 2);
        Assert.Equal([Size, Size], weight.Shape);
        Assert.True(MemoryMarshal.AsBytes<float>(Weight).SequenceEqual(content.AsSpan((int)weight.Offset, (int)weight.Length)));
    }

    [Fact]
    public async Task ImportAsync_ShardedSafetensors_TakesEveryShard()
    {
        _folder.WriteFile("shards/one.safetensors", new SafetensorsBuilder().Tensor("w", Weight, Size, Size).Build());
        _folder.WriteFile("two.safetensors", new SafetensorsBuilder().Tensor("v", OtherWeight, OtherWeight.Length).Build());
        var index = """{"metadata":{"total_size":1640000},"weight_map":{"w":"shards/one.safetensors","v":"two.safetensors"}}"""u8.ToArray();
        _folder.WriteFile("model.safetensors.index.json", index);

        await _test.Store.ImportAsync("m:1", ModelSource.FromFile(_folder.Combine("model.safetensors.index.json")), null, Cancellation);
        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.Equal(["model.safetensors.index.json", "shards/one.safetensors", "two.safetensors"], manifest.Files.Select(file => file.Path));
        Assert.Equal("1640000", manifest.Metadata["total_size"]);
        Assert.Equal(["w", "v"], manifest.Files.SelectMany(file => file.Tensors).Select(tensor => tensor.Name));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(hot.Files.ModelPath)!, "shards", "one.safetensors")));
        Assert.InRange((await ImportAsync("model.safetensors")).NewBytes, 0, MostResidue);
        await _test.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("../secret.safetensors", typeof(UnsafeModelPathException))]
    [InlineData("/etc/passwd", typeof(UnsafeModelPathException))]
    [InlineData("missing.safetensors", typeof(ModelFileNotFoundException))]
    [InlineData("model.safetensors.index.json", typeof(InvalidModelException))]
    [InlineData("damaged.safetensors", typeof(InvalidModelException))]
    public async Task ImportAsync_IndexOfBadShards_IsRefused(string shard, Type exception)
    {
        _folder.WriteFile("damaged.safetensors", [1, 2, 3]);
        var path = _folder.WriteFile("model.safetensors.index.json", System.Text.Encoding.UTF8.GetBytes("{\"weight_map\":{\"w\":\"" + shard + "\"}}"));

        await Assert.ThrowsAsync(exception, async () => await _test.Store.ImportAsync("m:1", ModelSource.FromFile(path), null, Cancellation));

        await _test.RequireUnharmedAsync([], "m:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_Companions_AreKeptWithTheModel()
    {
        Write("external.onnx");
        var tokenizer = _folder.WriteFile("text/tokenizer.json", SeededRandom.Bytes(4, 300_000));
        var source = ModelSource.FromFile(_folder.Combine("external.onnx"), "text/tokenizer.json", "external.data");

        await _test.Store.ImportAsync("m:1", source, null, Cancellation);
        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        await using var stream = await _test.Store.OpenAsync("m:1", "text/tokenizer.json", Cancellation);

        Assert.Equal(["external.onnx", "external.data", "text/tokenizer.json"], manifest.Files.Select(file => file.Path));
        Assert.Equal(await File.ReadAllBytesAsync(tokenizer, Cancellation), await TestStore.ReadAsync(stream));
        (await _test.Store.MaterializeAsync("m:1", Cancellation)).Dispose();
    }

    [Theory]
    [InlineData("../tokenizer.json", typeof(UnsafeModelPathException))]
    [InlineData("tokenizer.json", typeof(ModelFileNotFoundException))]
    public async Task ImportAsync_BadCompanion_IsRefused(string companion, Type exception)
    {
        Write("model.gguf");

        await Assert.ThrowsAsync(
            exception,
            async () => await _test.Store.ImportAsync("m:1", ModelSource.FromFile(_folder.Combine("model.gguf"), companion), null, Cancellation));
    }

    [Fact]
    public async Task ImportAsync_Folder_TakesAllOfIt()
    {
        _folder.WriteFile("m/model.safetensors", new SafetensorsBuilder().Tensor("w", Weight, Size, Size).Build());
        _folder.WriteFile("m/config.json", "{}"u8.ToArray());
        _folder.WriteFile("m/checksums.json", "[]"u8.ToArray());
        _folder.WriteFile("m/deep/er/key.bin", [1, 2]);
        _folder.WriteFile("m/.git/HEAD", [3]);

        await _test.Store.ImportAsync("m:1", ModelSource.FromDirectory(_folder.Combine("m")), null, Cancellation);
        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        using var hot = await _test.Store.MaterializeAsync("m:1", Cancellation);

        Assert.Equal(["model.safetensors", "checksums.json", "config.json", "deep/er/key.bin"], manifest.Files.Select(file => file.Path));
        Assert.Equal([1, 2], await File.ReadAllBytesAsync(Path.Combine(Path.GetDirectoryName(hot.Files.ModelPath)!, "deep", "er", "key.bin"), Cancellation));
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task VerifyAsync_PlainHotFileChanged_IsFoundAndDropped()
    {
        await ImportAsync("model.gguf");
        var hot = await _test.Store.MaterializeAsync("model.gguf:1", Cancellation);
        hot.Dispose();
        var content = await File.ReadAllBytesAsync(hot.Files.ModelPath, Cancellation);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(hot.Files.ModelPath, content, Cancellation);

        Assert.False((await _test.Store.VerifyAsync(Cancellation)).IsHealthy);

        Assert.False(File.Exists(hot.Files.ModelPath));
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_UnknownFileChangedInTheMiddle_StoresLittleAnew()
    {
        var before = SeededRandom.Bytes(5, 4 << 20);
        byte[] after = [.. before[..(2 << 20)], 1, 2, 3, .. before[(2 << 20)..]];
        await _test.Store.ImportAsync("a:1", ModelSource.FromMemory(before, "model.tflite"), null, Cancellation);

        var result = await _test.Store.ImportAsync("b:1", ModelSource.FromMemory(after, "model.tflite"), null, Cancellation);

        Assert.InRange(result.NewBytes, 1, 512 << 10);
    }

    [Fact]
    public async Task ImportAsync_ManySmallTensors_CostLittleBesideTheirBytes()
    {
        const int Count = 2000;
        var builder = new SafetensorsBuilder();
        for (var i = 0; i < Count; i++)
        {
            builder.Tensor($"layer.{i}.weight", SeededRandom.Floats(i, 1200), 1200).Tensor($"layer.{i}.bias", SeededRandom.Floats(i, 50), 50);
        }

        var content = builder.Build();
        await _test.Store.ImportAsync("m:1", ModelSource.FromMemory(content, "model.safetensors"), null, Cancellation);
        var manifest = new FileInfo(_test.Objects().Single(path => path.Contains("manifests", StringComparison.Ordinal))).Length;
        var packs = _test.Objects().Where(path => path.EndsWith(".pack", StringComparison.Ordinal)).Sum(path => new FileInfo(path).Length);

        TestContext.Current.TestOutputHelper!.WriteLine($"{content.Length} bytes, {2 * Count} chunks: manifest {manifest}, packs {packs}, index {Directory.EnumerateFiles(_test.Directory, "index-*").Sum(path => new FileInfo(path).Length)}");
        Assert.InRange(manifest, 1, content.Length / 10);
        await _test.RequireHealthyAsync();
    }

    private async Task<ImportResult> ImportAsync(string name)
    {
        Write(name);
        return await _test.Store.ImportAsync(name + ":1", ModelSource.FromFile(_folder.Combine(name)), null, Cancellation);
    }

    private byte[] Write(string name)
    {
        var content = name.ToUpperInvariant() switch
        {
            "EMPTY.BIN" => [],
            "WEIGHTS.BIN" => SeededRandom.Bytes(3, 500_000),
            "MODEL.SAFETENSORS" => new SafetensorsBuilder().Metadata("format", "pt").Tensor("w", Weight, Size, Size).Tensor("v", OtherWeight, OtherWeight.Length).Build(),
            "MISALIGNED.SAFETENSORS" => new SafetensorsBuilder { Padding = 5 }.Tensor("b", "U8", [1, 2, 3], 3).Tensor("renamed", OtherWeight, OtherWeight.Length).Tensor("again", Weight, Size, Size).Build(),
            "MODEL.GGUF" or "NO-ENDING" => new GgufBuilder().Text("general.architecture", "test").Tensor("v", OtherWeight, (ulong)OtherWeight.Length).Tensor("w", Weight, Size, Size).Build(),
            "INLINE.ONNX" => Onnx(tensor => tensor).Build(),
            _ => SaveExternal(),
        };
        _folder.WriteFile(name, content);
        return content;
    }

    private byte[] SaveExternal()
    {
        var builder = Onnx(tensor => tensor.AsExternal(new ExternalData("external.data", tensor.Name == "w" ? 4096 : 1_444_864, null, WritesFile: true)));
        _folder.WriteFile("external.data", builder.BuildExternalFiles()["external.data"]);
        return builder.Build();
    }

    private static OnnxModelBuilder Onnx(Func<OnnxTensor, OnnxTensor> place)
    {
        var builder = new OnnxModelBuilder();
        builder.Graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 1, Size))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 1, Size))
            .Initializer(place(OnnxTensor.Create("w", Weight, Size, Size)))
            .Initializer(place(OnnxTensor.Create("v", OtherWeight, OtherWeight.Length)))
            .Node("MatMul", ["x", "w"], ["y"]);
        return builder;
    }
}
