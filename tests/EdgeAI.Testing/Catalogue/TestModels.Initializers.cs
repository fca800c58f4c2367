using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    // Enough elements that a weight of any type fills more than a page, and an odd number of them.
    private const int WeightElements = 9001;

    /// <summary>A weight in the typed field of its element type, given out as it is.</summary>
    public static TestModel TypedWeight(ElementType type) =>
        new($"typed-{type.ToDisplayName()}", () => WeightModel(type, WeightOf(type).AsTyped()), () => []);

    /// <summary>A weight that is given out widened.</summary>
    public static TestModel WidenedWeight(ElementType type) => new($"raw-{type.ToDisplayName()}", () => WideningModel(WeightOf(type)), () => []);

    /// <summary>A weight in the typed field of its element type, given out widened.</summary>
    public static TestModel TypedWidenedWeight(ElementType type) =>
        new($"typed-{type.ToDisplayName()}", () => WideningModel(WeightOf(type).AsTyped()), () => []);

    private static IEnumerable<TestModel> Initializers() =>
    [
        .. NumericElementTypes.Select(TypedWeight),
        .. InnerElementTypes.Select(TypedWidenedWeight),
        .. InnerElementTypes.Select(WidenedWeight),
        new("string-weight", StringWeight, () => []),
        new("constant-node", ConstantNode, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(51, 48), 1, 48))),
        new("constant-values", ConstantValues, () => Inputs("x", TensorValue.Create(new float[] { 1, 2, 3 }, 3))),
        new("empty-weight", EmptyWeight, () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2))),
        new("equal-weights", EqualWeights, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(52, 64), 1, 64))),
        new("unused-weight", UnusedWeight, () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2))),
        new("packed-integers", PackedIntegers, () => Inputs("image", TensorValue.Create(SeededRandom.Floats(6, 3 * 24 * 24), 1, 3, 24, 24))),
        new("many-small-weights", ManySmallWeights, () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2))),
        new("old-ir-version", OldModel, () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2))),
    ];

    private static OnnxTensor WeightOf(ElementType type) =>
        new() { Name = "w", Type = type, Dimensions = [WeightElements], Data = WeightData(type) };

    private static OnnxModelBuilder WideningModel(OnnxTensor weight) => Model(graph => graph
        .Output("y", OnnxType.Tensor(ElementType.Float32, [.. weight.Dimensions]))
        .Initializer(weight)
        .Node("Cast", ["w"], ["y"], node => node.With("to", (long)ElementType.Float32)));

    private static byte[] WeightData(ElementType type)
    {
        var bytes = SeededRandom.Bytes((int)type + 200, (int)type.GetByteCount(WeightElements));
        return type == ElementType.Bool ? Array.ConvertAll(bytes, value => (byte)(value & 1)) : bytes;
    }

    private static OnnxModelBuilder WeightModel(ElementType type, OnnxTensor weight) => Model(graph => graph
        .Output("y", OnnxType.Tensor(type, [.. weight.Dimensions]))
        .Initializer(weight)
        .Node("Identity", ["w"], ["y"]));

    private static OnnxModelBuilder StringWeight() =>
        WeightModel(ElementType.String, OnnxTensor.OfStrings("w", ["one", "zażółć", string.Empty, "模型"], 4));

    private static OnnxModelBuilder ConstantNode() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 48))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 1, 48))
        .Node("Constant", [], ["w"], node => node.With("value", Weight("w.value", 53, 48, 48)))
        .Node("MatMul", ["x", "w"], ["y"]));

    private static OnnxModelBuilder ConstantValues() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, 3))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 3))
        .Node("Constant", [], ["factors"], node => node.With("value_floats", 2f, 3f, 4f))
        .Node("Constant", [], ["offset"], node => node.With("value_float", 0.5f))
        .Node("Mul", ["x", "factors"], ["product"])
        .Node("Add", ["product", "offset"], ["y"]));

    private static OnnxModelBuilder EmptyWeight() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
        .Initializer(OnnxTensor.Create("nothing", Array.Empty<float>(), 0))
        .Node("Concat", ["x", "nothing"], ["y"], node => node.With("axis", 0)));

    private static OnnxModelBuilder EqualWeights() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Initializer(Weight("w1", 54, 64, 64))
        .Initializer(Weight("w2", 54, 64, 64))
        .Node("MatMul", ["x", "w1"], ["h"])
        .Node("MatMul", ["h", "w2"], ["y"]));

    private static OnnxModelBuilder UnusedWeight() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
        .Initializer(Weight("unused", 55, 64, 64))
        .Node("Neg", ["x"], ["y"]));

    private static OnnxModelBuilder PackedIntegers()
    {
        var builder = ConvolutionModel();
        builder.PacksIntegers = true;
        return builder;
    }

    private static OnnxModelBuilder ManySmallWeights() => Model(graph =>
    {
        graph.Input("x", OnnxType.Tensor(ElementType.Float32, 2)).Output("y", OnnxType.Tensor(ElementType.Float32, 2));
        for (var i = 0; i < 200; i++)
        {
            graph.Initializer(Weight($"w{i}", 300 + i, 2)).Node("Add", [i == 0 ? "x" : $"h{i}", $"w{i}"], [i == 199 ? "y" : $"h{i + 1}"]);
        }
    });

    // Before version 4 of the form, weights had to be listed among the inputs too.
    private static OnnxModelBuilder OldModel()
    {
        var builder = Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Input("w", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Initializer(Weight("w", 56, 2))
            .Node("Add", ["x", "w"], ["y"]));
        builder.IrVersion = 3;
        builder.Opset = 8;
        return builder;
    }
}
