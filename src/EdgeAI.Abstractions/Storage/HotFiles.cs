namespace EdgeAI.Storage;

/// <summary>A graph and its weights, ready to map.</summary>
/// <param name="GraphPath">
/// The ONNX graph, without its large tensors. They are external data at <see cref="WeightsName"/>; give the runtime the mapped
/// file under that name.
/// </param>
/// <param name="WeightsPath">The large tensors, plain, each at a multiple of <see cref="Alignment"/>; null when the graph has none.</param>
public sealed record HotFiles(string GraphPath, string? WeightsPath)
{
    /// <summary>The name by which the graph calls its weights: <c>weights.bin</c>.</summary>
    public const string WeightsName = "weights.bin";

    /// <summary>The name of the graph's file: <c>graph.onnx</c>.</summary>
    public const string GraphName = "graph.onnx";

    /// <summary>Where a tensor may begin in the weights: at multiples of 4096 bytes, the page size, which suits every kernel's aligned loads.</summary>
    public const int Alignment = 4096;
}
