using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>The chunk that another is kept as a difference from.</summary>
/// <param name="Chunk">Its name.</param>
/// <param name="Length">How many plain bytes it has.</param>
/// <param name="Depth">How many chunks are decoded before the other, this one included: 1 when this one stands by itself.</param>
internal readonly record struct ChunkBase(Digest Chunk, int Length, byte Depth)
{
    /// <summary>The longest chain that is written: a chunk is decoded after at most so many others.</summary>
    public const int MaxDepth = 4;

    /// <summary>
    /// The longest chain that is read. An update may come from a store that kept a base by itself to one that keeps it as a difference, so that a chain
    /// grows.
    /// </summary>
    public const int MaxReadDepth = 32;
}
