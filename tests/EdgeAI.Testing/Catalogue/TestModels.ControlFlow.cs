using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    /// <summary>Takes one of two branches, each a graph with a large weight of its own and a small one.</summary>
    public static TestModel Branches { get; } = new("branches", BranchModel, () => BranchInputs(condition: true));

    /// <summary>The same model's other branch.</summary>
    public static TestModel OtherBranch { get; } = new("branches-else", BranchModel, () => BranchInputs(condition: false));

    /// <summary>Multiplies a vector by a matrix as often as <c>trips</c> says; see <see cref="LoopInputs"/> for runs that do not end.</summary>
    public static TestModel Loop { get; } = new("loop", LoopModel, () => LoopInputs(3));

    /// <summary>Picks an element by its index, and fails while it runs when there is none; see <see cref="GatherInputs"/>.</summary>
    public static TestModel Gather { get; } = new(
        "gather",
        () => Model(graph => graph
            .Input("index", OnnxType.Tensor(ElementType.Int64))
            .Output("y", OnnxType.Tensor(ElementType.Float32))
            .Initializer(OnnxTensor.Create("table", new float[] { 5, 6, 7 }, 3))
            .Node("Gather", ["table", "index"], ["y"])),
        () => GatherInputs(1));

    /// <summary>Calls an operator that the model defines itself, with a constant of 16 KiB inside.</summary>
    public static TestModel LocalFunction { get; } = new(
        "local-function", FunctionModel, () => Inputs("x", TensorValue.Create(SeededRandom.Floats(41, 64), 1, 64)));

    /// <summary>A model whose operator nobody has: it can be stored, and not loaded. Not in <see cref="All"/>.</summary>
    public static TestModel UnknownOperator { get; } = new(
        "unknown-operator",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Node("FrobnicateExtremely", ["x"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>Inputs for <see cref="Loop"/>. With <see cref="long.MaxValue"/> trips a run lasts for ages, and ends only by being cancelled.</summary>
    public static ModelInputs LoopInputs(long trips) => new()
    {
        ["trips"] = TensorValue.Scalar(trips),
        ["x"] = TensorValue.Create(SeededRandom.Floats(42, 64), 1, 64),
    };

    /// <summary>Inputs for <see cref="Gather"/>: an index of 3 or more fails.</summary>
    public static ModelInputs GatherInputs(long index) => Inputs("index", TensorValue.Scalar(index));

    private static IEnumerable<TestModel> ControlFlow() => [Branches, OtherBranch, Loop, Gather, LocalFunction];

    private static ModelInputs BranchInputs(bool condition) => new()
    {
        ["condition"] = TensorValue.Scalar(condition),
        ["x"] = TensorValue.Create(SeededRandom.Floats(43, 48), 1, 48),
    };

    private static OnnxModelBuilder BranchModel() => Model(graph => graph
        .Input("condition", OnnxType.Tensor(ElementType.Bool))
        .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 48))
        .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
        .Node("If", ["condition"], ["y"], node => node.With("then_branch", Branch("then", 44)).With("else_branch", Branch("else", 45))));

    private static OnnxGraph Branch(string name, int seed) => new OnnxGraph(name)
        .Output($"{name}.y", OnnxType.TensorOfAnyRank(ElementType.Float32))
        .Initializer(Weight($"{name}.w", seed, 48, 48))
        .Initializer(Weight($"{name}.b", seed + 100, 48))
        .Node("MatMul", ["x", $"{name}.w"], [$"{name}.product"])
        .Node("Add", [$"{name}.product", $"{name}.b"], [$"{name}.y"]);

    private static OnnxModelBuilder LoopModel() => Model(graph => graph
        .Input("trips", OnnxType.Tensor(ElementType.Int64))
        .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Output("y", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Initializer(OnnxTensor.Create("yes", new[] { true }))
        .Initializer(Weight("w", 46, 64, 64))
        .Node("Loop", ["trips", "yes", "x"], ["y"], node => node.With("body", LoopBody())));

    // Tanh keeps the numbers from growing without bound.
    private static OnnxGraph LoopBody() => new OnnxGraph("body")
        .Input("trip", OnnxType.Tensor(ElementType.Int64))
        .Input("going", OnnxType.Tensor(ElementType.Bool))
        .Input("v", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Output("goes_on", OnnxType.Tensor(ElementType.Bool))
        .Output("next", OnnxType.Tensor(ElementType.Float32, 1, 64))
        .Node("Identity", ["going"], ["goes_on"])
        .Node("MatMul", ["v", "w"], ["product"])
        .Node("Tanh", ["product"], ["next"]);

    private static OnnxModelBuilder FunctionModel() => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 1, 64))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 1, 64))
            .Node("Mix", ["x"], ["y"], "edgeai.test"))
        .ImportOpset("edgeai.test", 1)
        .Function(new OnnxFunction("edgeai.test", "Mix", ["a"], ["b"],
        [
            OnnxFunction.Node("Constant", [], ["w"]).With("value", Weight(string.Empty, 47, 64, 64)),
            OnnxFunction.Node("MatMul", ["a", "w"], ["b"]),
        ]));
}
