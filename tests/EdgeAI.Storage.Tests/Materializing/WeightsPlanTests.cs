using EdgeAI.Inference;
using EdgeAI.Storage.Materializing;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Storage.Tests.Materializing;

public sealed class WeightsPlanTests
{
    private const int Side = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LayOutAsync_TensorsInAnotherOrderThanTheirUse_StandInTheOrderOfTheirUse()
    {
        using var folder = new TemporaryDirectory();
        var model = Path.Combine(folder.Path, "model.onnx");
        await File.WriteAllBytesAsync(model, ChainOfThree("third", "unused", "first", "second"), Cancellation);
        var output = Directory.CreateDirectory(Path.Combine(folder.Path, "hot")).FullName;

        var files = await new HotFileLayout().LayOutAsync(model, output, Cancellation);

        await using var graph = File.OpenRead(files.ModelPath);
        var tensors = EdgeAI.Storage.Importing.Onnx.OnnxModelParser.Parse(graph).Tensors.OrderBy(tensor => tensor.Offset).Select(tensor => tensor.Name);
        Assert.Equal(["first", "second", "third", "unused"], tensors);
    }

    private static byte[] ChainOfThree(params string[] initializers)
    {
        var builder = new OnnxModelBuilder();
        builder.Graph.Input("x", OnnxType.Tensor(ElementType.Float32, 1, Side)).Output("y", OnnxType.Tensor(ElementType.Float32, 1, Side));
        foreach (var name in initializers)
        {
            builder.Graph.Initializer(OnnxTensor.Create(name, new float[Side * Side], Side, Side));
        }

        builder.Graph.Node("MatMul", ["x", "first"], ["a"]).Node("MatMul", ["a", "second"], ["b"]).Node("MatMul", ["b", "third"], ["y"]);
        return builder.Build();
    }
}
