using System.Collections.Immutable;
using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>What a model file says, and where its large tensors lie.</summary>
/// <param name="Tensors">Tensors in one run of bytes that are at least <see cref="OnnxModelParser.LargeTensor"/> long, and all external ones.</param>
/// <param name="Signature">Inputs and outputs of the main graph.</param>
/// <param name="Metadata">Producer, opsets, the model's own properties.</param>
/// <param name="Operators">The operator types that occur, sorted.</param>
internal sealed record OnnxModel(
    IReadOnlyList<OnnxTensor> Tensors,
    ModelSignature Signature,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Operators)
{
    /// <summary>Which values nodes use, numbered in the order of their first use, when that was wanted; a file lists its nodes in an order in which they can run.</summary>
    public IReadOnlyDictionary<string, int> FirstUses { get; init; } = ImmutableDictionary<string, int>.Empty;
}
