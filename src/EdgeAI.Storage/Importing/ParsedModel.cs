using EdgeAI.Models;

namespace EdgeAI.Storage.Importing;

/// <summary>What a model's files say, whatever their format.</summary>
internal sealed record ParsedModel
{
    public required ModelFormat Format { get; init; }

    /// <summary>Where the tensors lie, at least the large ones.</summary>
    public IReadOnlyList<TensorExtent> Tensors { get; init; } = [];

    /// <summary>What goes in and what comes out; empty when the format does not say.</summary>
    public ModelSignature Signature { get; init; } = new([], []);

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The operator types that occur, sorted; empty when the format has none.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];
}
