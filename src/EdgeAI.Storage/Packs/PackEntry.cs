using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>One chunk in a pack's index.</summary>
internal readonly record struct PackEntry(Digest Chunk, long Offset, int StoredLength, int Length, ulong Checksum, byte Codec, ChunkBase? Base)
{
    public ChunkLocation In(Digest pack) => new(pack, Offset, StoredLength, Length, Checksum, Codec, Base);
}
