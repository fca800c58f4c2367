using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    /// <summary>y = a + b, of two elements each.</summary>
    public static TestModel Add { get; } = new("add", AddModel, () => new ModelInputs
    {
        ["a"] = TensorValue.Create(new float[] { 1, 2 }, 2),
        ["b"] = TensorValue.Create(new float[] { 10, 20 }, 2),
    });

    /// <summary>y = x + 1, of two elements: the smallest model with a weight.</summary>
    public static TestModel AddOne { get; } = new(
        "add-one",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Initializer(OnnxTensor.Create("one", new[] { 1f }))
            .Node("Add", ["x", "one"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>y = x + 1 of any length.</summary>
    public static TestModel Increment { get; } = new(
        "increment",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "n"))
            .Output("y", OnnxType.Tensor(ElementType.Float32, "n"))
            .Initializer(OnnxTensor.Create("one", new[] { 1f }))
            .Node("Add", ["x", "one"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2, 3 }, 3)));

    /// <summary>y = x + 1 of any length, declared as three elements: ONNX Runtime warns, and runs it.</summary>
    public static TestModel SloppyShape { get; } = new(
        "sloppy-shape",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "n"))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 3))
            .Initializer(OnnxTensor.Create("one", new[] { 1f }))
            .Node("Add", ["x", "one"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>y = x / x of any length: NaN where x is 0.</summary>
    public static TestModel Quotient { get; } = new(
        "quotient",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "n"))
            .Output("y", OnnxType.Tensor(ElementType.Float32, "n"))
            .Node("Div", ["x", "x"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>y = x · w with a weight of 1 MiB of noise.</summary>
    public static TestModel MatMul { get; } = MatMulOf("matmul", 512);

    /// <summary>y = x · w for a batch of any size.</summary>
    public static TestModel DynamicShapes { get; } = new(
        "dynamic-shapes",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", OnnxDimension.Unknown, 32))
            .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
            .Initializer(Weight("w", 3, 32, 48))
            .Node("MatMul", ["x", "w"], ["y"])),
        () => Inputs("x", TensorValue.Create(SeededRandom.Floats(4, 3 * 5 * 32), 3, 5, 32)));

    /// <summary>Dense layers whose weights lie on both sides of 4096 bytes, and exactly on it.</summary>
    public static TestModel Mlp { get; } = new("mlp", MlpModel, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(5, 4 * 16), 4, 16)));

    /// <summary>Three convolutions with weights that are larger than a page.</summary>
    public static TestModel Convolutions { get; } = new(
        "convolutions", ConvolutionModel, () => Inputs("image", TensorValue.Create(SeededRandom.Floats(6, 3 * 24 * 24), 1, 3, 24, 24)));

    /// <summary>A product of half-precision numbers.</summary>
    public static TestModel HalfPrecision { get; } = new("float16", HalfModel, () => Inputs("x", TensorValue.Create(ToHalf(SeededRandom.Floats(8, 2 * 64)), 2, 64)));

    /// <summary>A product that is quantised to eight bits as it runs.</summary>
    public static TestModel DynamicallyQuantized { get; } = new(
        "int8-dynamic", QuantizedModel, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(9, 4 * 64), 4, 64)));

    /// <summary>A weight of four bits, widened as it runs.</summary>
    public static TestModel Int4Weight { get; } = new(
        "int4-weight", Int4Model, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(10, 2 * 128), 2, 128)));

    /// <summary>y = x · w with a square weight of noise.</summary>
    public static TestModel MatMulOf(string name, int size, int seed = 1) => new(
        name,
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 1, size))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 1, size))
            .Initializer(Weight("w", seed, size, size))
            .Node("MatMul", ["x", "w"], ["y"])),
        () => Inputs("x", TensorValue.Create(SeededRandom.Floats(2, size), 1, size)));

    /// <summary><see cref="MatMul"/> after some more training: every weight has moved by a thousandth at most.</summary>
    public static TestModel FineTunedMatMul { get; } = new(
        "matmul-fine-tuned",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 512))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 1, 512))
            .Initializer(OnnxTensor.Create("w", FineTune(SeededRandom.Floats(1, 512 * 512)), 512, 512))
            .Node("MatMul", ["x", "w"], ["y"])),
        () => Inputs("x", TensorValue.Create(SeededRandom.Floats(2, 512), 1, 512)));

    /// <summary>y = the places of what is not zero: a shape that follows from values.</summary>
    public static TestModel NonZero { get; } = new(
        "non-zero",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 4))
            .Output("y", OnnxType.Tensor(ElementType.Int64, 1, OnnxDimension.Unknown))
            .Node("NonZero", ["x"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 0, 2, 0 }, 4)));

    private static IEnumerable<TestModel> Networks() =>
        [NonZero, Add, AddOne, SloppyShape, MatMul, FineTunedMatMul, DynamicShapes, Mlp, Convolutions, HalfPrecision, DynamicallyQuantized, Int4Weight];

    private static float[] FineTune(float[] weights)
    {
        var steps = SeededRandom.Floats(12, weights.Length);
        return [.. weights.Zip(steps, (weight, step) => weight + (step / 1000))];
    }

    private static OnnxModelBuilder AddModel() => Model(graph => graph
        .Input("a", OnnxType.Tensor(ElementType.Float32, 2))
        .Input("b", OnnxType.Tensor(ElementType.Float32, 2))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
        .Node("Add", ["a", "b"], ["y"]));

    private static OnnxModelBuilder MlpModel() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 16))
        .Output("y", OnnxType.Tensor(ElementType.Float32, "batch", 15))
        .Initializer(Weight("w1", 11, 16, 64))
        .Initializer(Weight("b1", 12, 64))
        .Initializer(Weight("w2", 13, 64, 64))
        .Initializer(Weight("b2", 14, 64))
        .Initializer(Weight("w3", 15, 64, 15))
        .Node("Gemm", ["x", "w1", "b1"], ["h1"])
        .Node("Relu", ["h1"], ["r1"])
        .Node("Gemm", ["r1", "w2", "b2"], ["h2"])
        .Node("Tanh", ["h2"], ["r2"])
        .Node("MatMul", ["r2", "w3"], ["y"]));

    private static OnnxModelBuilder ConvolutionModel() => Model(graph =>
    {
        graph.Input("image", OnnxType.Tensor(ElementType.Float32, 1, 3, "height", "width"));
        graph.Output("features", OnnxType.Tensor(ElementType.Float32, 1, 32, OnnxDimension.Unknown, OnnxDimension.Unknown));
        Convolution(graph, "image", "c1", 21, 16, 3, 7);
        Convolution(graph, "c1", "c2", 22, 32, 16, 3);
        Convolution(graph, "c2", "features", 23, 32, 32, 3);
    });

    private static void Convolution(OnnxGraph graph, string input, string output, int seed, long outputs, long inputs, long kernel) => graph
        .Initializer(Weight($"{output}.weight", seed, outputs, inputs, kernel, kernel))
        .Initializer(Weight($"{output}.bias", seed + 100, outputs))
        .Node(
            "Conv",
            [input, $"{output}.weight", $"{output}.bias"],
            [$"{output}.sum"],
            node => node.With("kernel_shape", kernel, kernel).With("pads", 1, 1, 1, 1).With("strides", 2, 2))
        .Node("Relu", [$"{output}.sum"], [output]);

    private static OnnxModelBuilder HalfModel() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float16, "batch", 64))
        .Output("y", OnnxType.Tensor(ElementType.Float16, "batch", 64))
        .Initializer(OnnxTensor.Create("w", ToHalf(SeededRandom.Floats(7, 64 * 64)), 64, 64))
        .Node("MatMul", ["x", "w"], ["y"]));

    private static Half[] ToHalf(float[] values) => Array.ConvertAll(values, value => (Half)value);

    private static OnnxModelBuilder QuantizedModel() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 64))
        .Output("y", OnnxType.Tensor(ElementType.Float32, "batch", 128))
        .Initializer(new OnnxTensor { Name = "w", Type = ElementType.Int8, Dimensions = [64, 128], Data = SeededRandom.Bytes(31, 64 * 128) })
        .Initializer(OnnxTensor.Create("w.scale", new[] { 0.01f }))
        .Initializer(OnnxTensor.Create("w.zero", new sbyte[] { 3 }))
        .Node("DynamicQuantizeLinear", ["x"], ["q", "q.scale", "q.zero"])
        .Node("MatMulInteger", ["q", "w", "q.zero", "w.zero"], ["sum"])
        .Node("Cast", ["sum"], ["sum.float"], node => node.With("to", (long)ElementType.Float32))
        .Node("Mul", ["q.scale", "w.scale"], ["scale"])
        .Node("Mul", ["sum.float", "scale"], ["y"]));

    private static OnnxModelBuilder Int4Model() => Model(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 128))
        .Output("y", OnnxType.Tensor(ElementType.Float32, "batch", 128))
        .Initializer(new OnnxTensor { Name = "w", Type = ElementType.Int4, Dimensions = [128, 128], Data = SeededRandom.Bytes(32, 64 * 128) })
        .Initializer(OnnxTensor.Create("w.scale", new[] { 0.05f }))
        .Node("DequantizeLinear", ["w", "w.scale"], ["w.float"])
        .Node("MatMul", ["x", "w.float"], ["y"]));
}
