using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    private const string MlDomain = "ai.onnx.ml";

    /// <summary>y = x + bias, where bias may be left out: the graph has a default of 100 for it.</summary>
    public static TestModel OptionalInput { get; } = new(
        "optional-input",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Input("bias", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Initializer(OnnxTensor.Create("bias", new float[] { 100, 100 }, 2))
            .Node("Add", ["x", "bias"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>Splits a tensor of six into a sequence of tensors of two.</summary>
    public static TestModel SequenceOutput { get; } = new(
        "sequence-output",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 6))
            .Output("parts", OnnxType.Sequence(OnnxType.Tensor(ElementType.Float32, OnnxDimension.Unknown)))
            .Initializer(OnnxTensor.Create("size", new[] { 2L }))
            .Node("SplitToSequence", ["x", "size"], ["parts"], node => node.With("axis", 0))),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2, 3, 4, 5, 6 }, 6)));

    /// <summary>Joins a sequence of tensors into one.</summary>
    public static TestModel SequenceInput { get; } = new(
        "sequence-input",
        () => Model(graph => graph
            .Input("parts", OnnxType.Sequence(OnnxType.TensorOfAnyRank(ElementType.Float32)))
            .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
            .Node("ConcatFromSequence", ["parts"], ["y"], node => node.With("axis", 0))),
        () => Inputs("parts", new SequenceValue(
        [
            TensorValue.Create(new float[] { 1, 2 }, 2),
            TensorValue.Create(new float[] { 3 }, 1),
            TensorValue.Create(new float[] { 4, 5, 6 }, 3),
        ])));

    /// <summary>A sequence goes in and the same one, longer by a tensor, comes out.</summary>
    public static TestModel SequenceThrough { get; } = new(
        "sequence-through",
        () => Model(graph => graph
            .Input("parts", OnnxType.Sequence(OnnxType.TensorOfAnyRank(ElementType.Int64)))
            .Input("more", OnnxType.TensorOfAnyRank(ElementType.Int64))
            .Output("all", OnnxType.Sequence(OnnxType.TensorOfAnyRank(ElementType.Int64)))
            .Node("SequenceInsert", ["parts", "more"], ["all"])),
        () => new ModelInputs
        {
            ["parts"] = new SequenceValue([TensorValue.Create(new[] { 1L, 2 }, 2), TensorValue.Create(new[] { 3L }, 1)]),
            ["more"] = TensorValue.Scalar(4L),
        });

    /// <summary>A sequence of texts comes out.</summary>
    public static TestModel StringSequenceOutput { get; } = new(
        "sequence-of-strings",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.String, 3))
            .Output("parts", OnnxType.Sequence(OnnxType.TensorOfAnyRank(ElementType.String)))
            .Node("SplitToSequence", ["x"], ["parts"], node => node.With("axis", 0))),
        () => Inputs("x", TensorValue.Create(new[] { "a", "β", string.Empty }, 3)));

    /// <summary>Scores come out as a sequence of maps from integers, as scikit-learn's exporters write classifiers.</summary>
    public static TestModel IntegerMapOutput { get; } = new(
        "map-output-int64", () => ZipMap(ElementType.Int64, node => node.With("classlabels_int64s", 10, 20, 30)), ScoreInputs);

    /// <summary>Scores come out as a sequence of maps from texts.</summary>
    public static TestModel StringMapOutput { get; } = new(
        "map-output-string", () => ZipMap(ElementType.String, node => node.With("classlabels_strings", "cat", "dog", "żaba")), ScoreInputs);

    /// <summary>A map from texts goes in.</summary>
    public static TestModel StringMapInput { get; } = new(
        "map-input-string",
        () => MlModel(graph => graph
            .Input("counts", OnnxType.Map(ElementType.String, OnnxType.TensorOfAnyRank(ElementType.Float32)))
            .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
            .Node("DictVectorizer", ["counts"], ["y"], node => node.With("string_vocabulary", "a", "b", "c"), MlDomain)),
        () => Inputs("counts", new MapValue(TensorValue.Create(new[] { "c", "a" }, 2), TensorValue.Create(new float[] { 3, 1 }, 2))));

    /// <summary>A map from integers goes in.</summary>
    public static TestModel IntegerMapInput { get; } = new(
        "map-input-int64",
        () => MlModel(graph => graph
            .Input("values", OnnxType.Map(ElementType.Int64, OnnxType.TensorOfAnyRank(ElementType.Float32)))
            .Output("y", OnnxType.TensorOfAnyRank(ElementType.Float32))
            .Node(
                "CastMap",
                ["values"],
                ["y"],
                node => node.With("cast_to", "TO_FLOAT").With("map_form", "SPARSE").With("max_map", 4),
                MlDomain)),
        () => Inputs("values", new MapValue(TensorValue.Create(new[] { 0L, 2 }, 2), TensorValue.Create(new float[] { 5, 7 }, 2))));

    /// <summary>A value that may be nothing goes in, and whether there is one comes out.</summary>
    public static TestModel OptionalTypeInput { get; } = new(
        "optional-type-input",
        () => Model(graph => graph
            .Input("maybe", OnnxType.Optional(OnnxType.Tensor(ElementType.Float32, 2)))
            .Output("there", OnnxType.Tensor(ElementType.Bool))
            .Node("OptionalHasElement", ["maybe"], ["there"])),
        () => Inputs("maybe", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>A value of optional type comes out, and there is one. Not in <see cref="All"/>: whether there is one shows only as it runs.</summary>
    public static TestModel OptionalTypeOutput { get; } = new(
        "optional-type-output",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("maybe", OnnxType.Optional(OnnxType.Tensor(ElementType.Float32, 2)))
            .Node("Optional", ["x"], ["maybe"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>
    /// A value of optional type comes out, and it is nothing. Not in <see cref="All"/>: ONNX Runtime's own C# interface reads through a null
    /// pointer at such an output and ends the process.
    /// </summary>
    public static TestModel NothingOutput { get; } = new(
        "optional-type-none",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("maybe", OnnxType.Optional(OnnxType.Tensor(ElementType.Float32, 2)))
            .Node("Identity", ["x"], ["y"])
            .Node("Optional", [], ["maybe"], node => node.With("type", OnnxType.Tensor(ElementType.Float32, 2)))),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2 }, 2)));

    /// <summary>Counts its runs in a state that goes in and comes out.</summary>
    public static TestModel Counter { get; } = new(
        "counter",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 2))
            .Input("state", OnnxType.Tensor(ElementType.Int64, 1))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("next_state", OnnxType.Tensor(ElementType.Int64, 1))
            .Initializer(OnnxTensor.Create("one", new[] { 1L }, 1))
            .Node("Add", ["state", "one"], ["next_state"])
            .Node("Cast", ["next_state"], ["factor"], node => node.With("to", (long)ElementType.Float32))
            .Node("Mul", ["x", "factor"], ["y"])),
        () => new ModelInputs { ["x"] = TensorValue.Create(new float[] { 1, 2 }, 2), ["state"] = TensorValue.Create(new[] { 41L }, 1) });

    private static IEnumerable<TestModel> Values() =>
    [
        OptionalInput, SequenceOutput, SequenceInput, SequenceThrough, StringSequenceOutput, IntegerMapOutput, StringMapOutput, StringMapInput,
        IntegerMapInput, OptionalTypeInput, Counter,
    ];

    private static OnnxModelBuilder MlModel(Action<OnnxGraph> define) => Model(define).ImportOpset(MlDomain, 3);

    private static OnnxModelBuilder ZipMap(ElementType keys, Action<OnnxNode> labels) => MlModel(graph => graph
        .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 3))
        .Output("scores", OnnxType.Sequence(OnnxType.Map(keys, OnnxType.TensorOfAnyRank(ElementType.Float32))))
        .Node("ZipMap", ["x"], ["scores"], labels, MlDomain));

    private static ModelInputs ScoreInputs() => Inputs("x", TensorValue.Create(new[] { 0.1f, 0.2f, 0.7f, 0.5f, 0.25f, 0.25f }, 2, 3));
}
