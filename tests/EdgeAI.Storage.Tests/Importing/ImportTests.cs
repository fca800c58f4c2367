using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Importing;

public sealed class ImportTests : IDisposable
{
    private readonly TestStore _test = new();

    public static TheoryData<string> Names => [.. TestModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ImportAsync_EveryModelOfTheCatalogue_ComesOutBitForBit(string name)
    {
        var model = TestModels.Get(name);
        var result = await _test.ImportAsync("catalogue/" + name, model);
        using var exported = new TemporaryDirectory();
        await _test.Store.ExportAsync("catalogue/" + name, exported.Path, Cancellation);

        Assert.False(result.WasPresent);
        Assert.Equal(model.Files.Sum(file => file.Value.Length), result.Model.Length);
        await _test.RequireContentAsync("catalogue/" + name, model);
        RequireExactly(model, exported);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_TheSameAgain_AddsNothing()
    {
        var first = await _test.ImportAsync("m:1", TestModels.MatMul);
        var objects = _test.Objects();
        var second = await _test.ImportAsync("m:1", TestModels.MatMul);

        Assert.True(first.NewBytes >= TestModels.MatMul.Content.Length);
        Assert.Equal((true, 0L, 0L), (second.WasPresent, second.NewBytes, second.StoredBytes));
        Assert.Equal(first.Model, second.Model);
        Assert.Equal(objects, _test.Objects());
    }

    [Fact]
    public async Task ImportAsync_UnderAnotherName_StoresNoContentAgain()
    {
        var first = await _test.ImportAsync("a:1", TestModels.MatMul);
        var second = await _test.ImportAsync("b:2", TestModels.MatMul);

        Assert.Equal((false, 0L, first.Model.Digest), (second.WasPresent, second.NewBytes, second.Model.Digest));
        Assert.Equal(["a:1", "b:2"], (await _test.Store.ListAsync(Cancellation)).Select(model => model.Reference.ToString()));
    }

    [Fact]
    public async Task ImportAsync_AnotherModelUnderAName_MovesIt()
    {
        var first = await _test.ImportAsync("m:1", TestModels.Add);
        var second = await _test.ImportAsync("m:1", TestModels.Mlp);

        Assert.NotEqual(first.Model.Digest, second.Model.Digest);
        await _test.RequireContentAsync("m:1", TestModels.Mlp);
        Assert.Single(await _test.Store.ListAsync(Cancellation));
    }

    [Fact]
    public async Task ImportAsync_WeightsInAnotherContainer_AreStoredOnce()
    {
        await _test.ImportAsync("inline:1", TestModels.MatMulOf("m", 256, seed: 7));
        var other = await _test.ImportAsync("other:1", TestModels.MatMulOf("m", 256, seed: 7));
        var different = await _test.ImportAsync("different:1", TestModels.MatMulOf("m", 256, seed: 8));

        Assert.Equal(0, other.NewBytes);
        Assert.True(different.NewBytes >= 256 * 256 * sizeof(float));
    }

    [Fact]
    public async Task ImportAsync_FromAStreamAndFromMemory_IsTheSameModel()
    {
        var fromFile = await _test.ImportAsync("file:1", TestModels.Mlp);
        using var stream = new MemoryStream(TestModels.Mlp.Content);
        var fromStream = await _test.Store.ImportAsync("stream:1", ModelSource.FromStream(stream), null, Cancellation);
        var fromMemory = await _test.Store.ImportAsync("memory:1", ModelSource.FromMemory(TestModels.Mlp.Content), null, Cancellation);

        Assert.Equal(fromFile.Model.Digest, fromStream.Model.Digest);
        Assert.Equal(fromFile.Model.Digest, fromMemory.Model.Digest);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task ImportAsync_MissingFile_NamesIt()
    {
        using var folder = new TemporaryDirectory();

        var exception = await Assert.ThrowsAsync<ModelFileNotFoundException>(
            async () => await _test.Store.ImportAsync("m:1", ModelSource.FromFile(folder.Combine("none.onnx")), null, Cancellation));

        Assert.Equal(folder.Combine("none.onnx"), exception.Path);
        await _test.RequireUnharmedAsync([], "m:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_Folder_IsNoModel()
    {
        using var folder = new TemporaryDirectory();

        await Assert.ThrowsAsync<InvalidModelException>(
            async () => await _test.Store.ImportAsync("m:1", ModelSource.FromFile(folder.Path), null, Cancellation));
    }

    [Fact]
    public async Task ImportAsync_Progress_GoesThroughTheStagesToTheEnd()
    {
        var reports = new List<ImportProgress>();
        await _test.ImportAsync("m:1", TestModels.MatMul, new Recorder(reports));

        Assert.Equal(
            [ImportStage.Waiting, ImportStage.Inspecting, ImportStage.Storing, ImportStage.Committing],
            reports.Select(report => report.Stage).Distinct());
        Assert.Equal(reports.OrderBy(report => report.BytesDone), reports);
        Assert.Equal(TestModels.MatMul.Content.Length, reports[^1].BytesDone);
        Assert.Equal(reports[^1].BytesTotal, reports[^1].BytesDone);
    }

    [Fact]
    public async Task InspectAsync_Model_SaysWhatItIs()
    {
        await _test.ImportAsync("m:1", TestModels.OptionalInput);
        await _test.ImportAsync("u:1", TestModels.Get("identity-unicode-names"));

        var manifest = await _test.Store.InspectAsync("m:1", Cancellation);
        var unicode = await _test.Store.InspectAsync("u:1", Cancellation);

        Assert.Equal(["x: float32[2]", "bias: float32[2]"], manifest.Signature.Inputs.Select(input => input.ToString()));
        Assert.Equal([true, false], manifest.Signature.Inputs.Select(input => input.IsRequired));
        Assert.Equal(["Add"], manifest.Operators);
        Assert.Equal("EdgeAI.Testing", manifest.Metadata["producer"]);
        Assert.Equal("21", manifest.Metadata["opset"]);
        Assert.Equal("modèle 模型", unicode.Metadata["description"]);
        Assert.Equal("wynik/ß: float32[2]", Assert.Single(unicode.Signature.Outputs).ToString());
        Assert.Equal(TestModels.OptionalInput.Content.Length, Assert.Single(manifest.Files).Length);
    }

    [Theory]
    [InlineData("dynamic-shapes", "x: float32[batch,?,32]", "y: float32[…]")]
    [InlineData("map-output-string", "x: float32[batch,3]", "scores: sequence<map<string,float32[…]>>")]
    [InlineData("optional-type-input", "maybe: optional<float32[2]>", "there: bool[]")]
    [InlineData("sequence-input", "parts: sequence<float32[…]>", "y: float32[…]")]
    public async Task InspectAsync_TypesOfEveryKind_AreRead(string name, string input, string output)
    {
        await _test.ImportAsync("m:1", TestModels.Get(name));

        var signature = (await _test.Store.InspectAsync("m:1", Cancellation)).Signature;

        Assert.Equal(input, signature.Inputs[0].ToString());
        Assert.Equal(output, signature.Outputs[0].ToString());
    }

    [Fact]
    public async Task InspectAsync_WeightsListedAsInputs_AreNoInputsBeforeVersion4()
    {
        await _test.ImportAsync("m:1", TestModels.Get("old-ir-version"));

        var signature = (await _test.Store.InspectAsync("m:1", Cancellation)).Signature;

        Assert.Equal(new ModelValueInfo("x", ModelValueType.Tensor(ElementType.Float32, [new(2)])), Assert.Single(signature.Inputs));
    }

    private static void RequireExactly(TestModel model, TemporaryDirectory exported)
    {
        var paths = Directory.EnumerateFiles(exported.Path, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(exported.Path, path));
        Assert.Equal(model.Files.Select(file => file.Key).Order(), paths.Order());
        Assert.All(model.Files, file => Assert.Equal(file.Value, File.ReadAllBytes(exported.Combine(file.Key))));
    }

    private sealed class Recorder(List<ImportProgress> reports) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }
}
