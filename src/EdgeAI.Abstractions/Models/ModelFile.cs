namespace EdgeAI.Models;

/// <summary>One file of a model.</summary>
public sealed record ModelFile
{
    /// <summary>The path within the model's folder, with <c>/</c> between its parts; never absolute, never with <c>..</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>
    /// The chunks that make the file; their lengths add up to <see cref="Length"/>. They stand in its order, unless it has <see cref="Gaps"/>: then come first
    /// those of its large tensors, in its order, and after them the residue, which is all else, run together.
    /// </summary>
    public required IReadOnlyList<ChunkReference> Chunks { get; init; }

    /// <summary>The places that the residue fills, in order; together as long as the last chunks that it is kept in. Empty when the file is its chunks in order.</summary>
    public IReadOnlyList<ModelFileGap> Gaps { get; init; } = [];

    /// <summary>The tensors of 4096 bytes and more that lie in the file, by where they begin; empty when nothing is known of its content.</summary>
    public required IReadOnlyList<ModelTensor> Tensors { get; init; }
}
