using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Chunking;

/// <summary>A chunk by where it lies.</summary>
/// <param name="Offset">Where it begins in its file; 0 for residue, which comes from many places.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Tensor">The tensor that it is a part of; null when it is cut by content.</param>
/// <param name="FirstElement">Which element of the tensor it begins with; a multiple of <see cref="ChunkPlan.ElementsPerChunk"/>, or of the block next below.</param>
internal readonly record struct PlannedChunk(long Offset, int Length, TensorExtent? Tensor, long FirstElement)
{
    /// <summary>Whether it is a part of the residue, which fills the file's gaps.</summary>
    public bool IsResidue { get; init; }
}
