namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>What the index of a sharded model says.</summary>
/// <param name="Shards">The files that hold the tensors, as the index names them, sorted.</param>
/// <param name="Metadata">The short entries of <c>metadata</c>.</param>
internal sealed record SafetensorsIndex(IReadOnlyList<string> Shards, IReadOnlyDictionary<string, string> Metadata);
