using EdgeAI.Models;

namespace EdgeAI.Storage.Indexing;

/// <summary>A place in the order of packs and of chunks within them, in which a scrub goes round.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Offset">Where a chunk begins in it.</param>
internal readonly record struct ChunkPlace(Digest Pack, long Offset) : IComparable<ChunkPlace>
{
    /// <summary>Before all others.</summary>
    public static ChunkPlace Start { get; } = new(default, -1);

    public int CompareTo(ChunkPlace other) => Pack == other.Pack ? Offset.CompareTo(other.Offset) : Pack.CompareTo(other.Pack);
}
