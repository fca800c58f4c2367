namespace EdgeAI.Models;

/// <summary>A tensor of a model, and where its bytes lie in a file.</summary>
/// <param name="Name">What the model calls it; empty when it has no name.</param>
/// <param name="Type">How its elements are written: <c>float32</c>, <c>int4</c>, or a block type such as <c>q4_0</c>.</param>
/// <param name="Shape">The sizes of its dimensions, in the order of its format: in GGUF the fastest-changing comes first, elsewhere last.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many bytes it has.</param>
public sealed record ModelTensor(string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Length);
