using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    /// <summary>Two convolutions over a batch of pictures of any size.</summary>
    public static TestModel PictureBatch { get; } = new(
        "picture-batch",
        () => Model(graph =>
        {
            graph.Input("image", OnnxType.Tensor(ElementType.Float32, "batch", 3, "height", "width"));
            graph.Output("features", OnnxType.Tensor(ElementType.Float32, "batch", 32, OnnxDimension.Unknown, OnnxDimension.Unknown));
            Convolution(graph, "image", "c1", 21, 16, 3, 7);
            Convolution(graph, "c1", "features", 22, 32, 16, 3);
        }),
        () => PictureInputs(6, 2, 24));

    /// <summary>Rows of a table of four; an index beyond it fails as it runs.</summary>
    public static TestModel TableRows { get; } = new(
        "table-rows",
        () => Model(graph => graph
            .Input("row", OnnxType.Tensor(ElementType.Int64, "batch"))
            .Output("y", OnnxType.Tensor(ElementType.Float32, "batch", 2))
            .Initializer(OnnxTensor.Create("table", new float[] { 0, 0, 1, 10, 2, 20, 3, 30 }, 4, 2))
            .Node("Gather", ["table", "row"], ["y"])),
        () => TableInputs(1, 3));

    /// <summary>next_state = state + x, row by row.</summary>
    public static TestModel RunningSums { get; } = new(
        "running-sums",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 2))
            .Input("state", OnnxType.Tensor(ElementType.Float32, "batch", 2))
            .Output("next_state", OnnxType.Tensor(ElementType.Float32, "batch", 2))
            .Node("Add", ["x", "state"], ["next_state"])),
        () => new ModelInputs
        {
            ["x"] = TensorValue.Create(new float[] { 1, 2 }, 1, 2),
            ["state"] = TensorValue.Create(new float[] { 10, 20 }, 1, 2),
        });

    /// <summary>The sums of the columns: what comes out has another number of rows, which its declaration leaves open.</summary>
    public static TestModel ColumnSums { get; } = new(
        "column-sums",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, "batch", 2))
            .Output("y", OnnxType.Tensor(ElementType.Float32, OnnxDimension.Unknown, 2))
            .Initializer(OnnxTensor.Create("axes", new[] { 0L }, 1))
            .Node("ReduceSum", ["x", "axes"], ["y"])),
        () => Inputs("x", TensorValue.Create(new float[] { 1, 2, 3, 4 }, 2, 2)));

    /// <summary>Inputs of <see cref="PictureBatch"/>.</summary>
    public static ModelInputs PictureInputs(int seed, int rows, int side) =>
        Inputs("image", TensorValue.Create(SeededRandom.Floats(seed, rows * 3 * side * side), rows, 3, side, side));

    /// <summary>Inputs of <see cref="Mlp"/>.</summary>
    public static ModelInputs MlpInputs(int seed, int rows) => Inputs("x", TensorValue.Create(SeededRandom.Floats(seed, rows * 16), rows, 16));

    /// <summary>Inputs of <see cref="TableRows"/>; more than 3 fails.</summary>
    public static ModelInputs TableInputs(params long[] rows) => Inputs("row", TensorValue.Create(rows, rows.Length));

    private static IEnumerable<TestModel> Batches() => [PictureBatch, TableRows, RunningSums, ColumnSums];
}
