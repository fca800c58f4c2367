namespace EdgeAI.Storage;

/// <summary>A model's files, ready to map.</summary>
/// <param name="ModelPath">
/// For ONNX the graph, without its large tensors. They are external data at <see cref="WeightsName"/>; give the runtime the mapped
/// file under that name. For every other format the model file as it was imported, under its own name, with the model's other files beside it.
/// </param>
/// <param name="WeightsPath">The large tensors, plain, each at a multiple of <see cref="Alignment"/>; null when the graph has none, and for every format
/// but ONNX.</param>
public sealed record HotFiles(string ModelPath, string? WeightsPath)
{
    /// <summary>The name by which the graph calls its weights: <c>weights.bin</c>.</summary>
    public const string WeightsName = "weights.bin";

    /// <summary>The name of the graph's file: <c>graph.onnx</c>.</summary>
    public const string GraphName = "graph.onnx";

    /// <summary>Where a tensor may begin in the weights: at multiples of 4096 bytes, the page size, which suits every kernel's aligned loads.</summary>
    public const int Alignment = 4096;
}
