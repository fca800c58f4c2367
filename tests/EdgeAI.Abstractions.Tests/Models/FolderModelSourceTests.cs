using EdgeAI.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Abstractions.Tests.Models;

public sealed class FolderModelSourceTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.onnx", "model.onnx model.onnx.data tokenizer.json")]
    [InlineData("model.gguf", "config.json model.gguf")]
    [InlineData("model.safetensors", "below/other.onnx model.safetensors")]
    [InlineData("model.safetensors.index.json", "one.safetensors model.safetensors.index.json two.safetensors")]
    [InlineData("MODEL.ONNX", "MODEL.ONNX")]
    public void FromDirectory_OneModel_FindsItAndItsCompanions(string model, string files)
    {
        Write(files);

        var source = ModelSource.FromDirectory(_folder.Path);

        Assert.Equal(model, source.FileName);
        Assert.Equal(_folder.Combine(model), source.DisplayName);
        Assert.Equal(files.Split(' ').Where(file => file != model).Order(StringComparer.Ordinal), source.Companions);
    }

    [Theory]
    [InlineData("a.onnx b.onnx")]
    [InlineData("a.onnx b.gguf")]
    [InlineData("a.safetensors b.safetensors")]
    [InlineData("a.safetensors.index.json b.safetensors.index.json c.safetensors")]
    public void FromDirectory_SeveralModels_NamesThem(string files)
    {
        Write(files);

        var exception = Assert.Throws<InvalidModelException>(() => ModelSource.FromDirectory(_folder.Path));

        Assert.All(files.Split(' ')[..2], file => Assert.Contains($"'{file}'", exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("readme.md")]
    [InlineData("below/model.onnx")]
    public void FromDirectory_NoModelAtTheTop_IsRefused(string file)
    {
        Write(file);

        Assert.Throws<InvalidModelException>(() => ModelSource.FromDirectory(_folder.Path));
    }

    [Fact]
    public void FromDirectory_NoFolder_IsMissing() =>
        Assert.Equal(_folder.Combine("none"), Assert.Throws<ModelFileNotFoundException>(() => ModelSource.FromDirectory(_folder.Combine("none"))).Path);

    [Fact]
    public void Companions_OfSourcesWithoutFiles_AreNone()
    {
        Assert.Empty(ModelSource.FromMemory(new byte[1]).Companions);
        Assert.Empty(ModelSource.FromStream(new MemoryStream()).Companions);
        Assert.Empty(ModelSource.FromFile(_folder.Combine("model.onnx")).Companions);
        Assert.Equal(["a", "b/c"], ModelSource.FromFile(_folder.Combine("model.onnx"), "a", "b/c").Companions);
    }

    private void Write(string files)
    {
        foreach (var file in files.Split(' '))
        {
            _folder.WriteFile(file, [1]);
        }
    }
}
