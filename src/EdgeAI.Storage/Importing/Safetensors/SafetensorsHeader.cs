namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>What the header of a safetensors file says.</summary>
/// <param name="Tensors">The large tensors.</param>
/// <param name="Metadata">The short entries of <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<TensorExtent> Tensors, IReadOnlyDictionary<string, string> Metadata);
