using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Gguf;

namespace EdgeAI.Runtime.Tests.Loading;

public sealed class FormatLoadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("model.gguf", "Gguf")]
    [InlineData("model.bin", "Gguf")]
    [InlineData("model.tflite", "Other")]
    public async Task LoadAsync_FormatThatNoProviderRuns_SaysSo(string name, string format)
    {
        using var folder = new TemporaryDirectory();
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = folder.Path);
        var content = format == "Gguf" ? new GgufBuilder().Tensor("w", [1f], 1).Build() : [1, 2, 3];
        await edge.Store.ImportAsync("m:1", ModelSource.FromMemory(content, name), null, Cancellation);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(async () => await edge.Engine.LoadAsync("m:1", Cancellation));

        Assert.Equal("m:1", exception.Model);
        Assert.Contains($"format {format}", exception.Message, StringComparison.Ordinal);
    }
}
