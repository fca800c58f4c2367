using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    private const int ExternalBytes = 64 * 64 * sizeof(float);

    /// <summary>One weight in a file beside the model.</summary>
    public static TestModel External { get; } = Chain("external", new ExternalData("model.data", 0, ExternalBytes));

    /// <summary>A model file whose one weight is a whole file beside it, which the caller writes: for models larger than memory.</summary>
    public static byte[] LargeExternal(string location, long length) => Model(graph => graph
        .Output("y", OnnxType.Tensor(ElementType.UInt8, length))
        .Initializer(new OnnxTensor { Name = "w", Type = ElementType.UInt8, Dimensions = [length] }.AsExternal(new(location, 0, length, WritesFile: false)))
        .Node("Identity", ["w"], ["y"])).Build();

    private static IEnumerable<TestModel> ExternalFiles() =>
    [
        External,
        Chain("external-bare", new ExternalData("model.data")),
        Chain("external-subfolder", new ExternalData("weights/deep/model.data", 0, ExternalBytes)),
        Chain("external-one-file", new("all.bin", 0, ExternalBytes), new("all.bin", ExternalBytes, ExternalBytes)),
        Chain("external-gap", new("all.bin", 4096, ExternalBytes), new("all.bin", 1 << 20, ExternalBytes)),
        Chain("external-two-files", new("first.bin", 0, ExternalBytes), new("second.bin", 64, ExternalBytes)),
        Chain("external-unaligned", new("all.bin", 7, ExternalBytes), new("all.bin", ExternalBytes + 20, ExternalBytes)),
        Chain("external-shared", new("same.bin", 0, ExternalBytes), new("same.bin", 0, ExternalBytes)),
        Chain("external-and-inline", new("first.bin", 0, ExternalBytes), null),
        Chain("external-named-weights", new("weights.bin", 0, ExternalBytes), new("graph.onnx", 0, ExternalBytes)),
        Chain("external-unicode-name", new ExternalData("gewichte ü 重み.bin", 0, ExternalBytes)),
        new("external-in-branch", ExternalInBranch, () => BranchInputs(condition: true)),
    ];

    private static TestModel Chain(string name, params ExternalData?[] files) =>
        new(name, () => ChainModel(files), () => Inputs("x", TensorValue.Create(SeededRandom.Floats(61, 64), 1, 64)));

    private static OnnxModelBuilder ChainModel(ExternalData?[] files) => Model(graph =>
    {
        graph.Input("x", OnnxType.Tensor(ElementType.Float32, 1, 64)).Output("y", OnnxType.Tensor(ElementType.Float32, 1, 64));
        for (var i = 0; i < files.Length; i++)
        {
            // The same seed where two tensors share a place, so that both mean the same bytes.
            var weight = Weight($"w{i}", i > 0 && files[i] == files[i - 1] ? 62 : 62 + i, 64, 64);
            graph.Initializer(files[i] is { } file ? weight.AsExternal(file) : weight);
            graph.Node("MatMul", [i == 0 ? "x" : $"h{i}", $"w{i}"], [i == files.Length - 1 ? "y" : $"h{i + 1}"]);
        }
    });

    private static OnnxModelBuilder ExternalInBranch() => Model(graph => graph
        .Input("condition", OnnxType.Tensor(ElementType.Bool))
        .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 48))
        .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
        .Node("If", ["condition"], ["y"], node => node
            .With("then_branch", ExternalBranch("then", 71, 0))
            .With("else_branch", ExternalBranch("else", 72, 48 * 48 * sizeof(float)))));

    private static OnnxGraph ExternalBranch(string name, int seed, long offset) => new OnnxGraph(name)
        .Output($"{name}.y", OnnxType.TensorOfAnyRank(ElementType.Float32))
        .Initializer(Weight($"{name}.w", seed, 48, 48).AsExternal(new("branches.bin", offset, 48 * 48 * sizeof(float))))
        .Node("MatMul", ["x", $"{name}.w"], [$"{name}.y"]);
}
