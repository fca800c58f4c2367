using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>Which bytes must move, so that a node which has some model versions gets another.</summary>
/// <param name="Model">The version that the node is to have.</param>
/// <param name="Ranges">The ranges of packs that hold what it lacks; those that touch are one range.</param>
/// <param name="Chunks">How many chunks they hold.</param>
/// <param name="MovedBytes">The bytes to move: the ranges, and the manifest, of which those that the node has tell the most.</param>
/// <param name="TotalBytes">The length of the model's files, before compression: what a plain copy would move.</param>
public sealed record UpdatePlan(ModelInfo Model, IReadOnlyList<UpdateRange> Ranges, int Chunks, long MovedBytes, long TotalBytes);
