using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>Where a chunk is.</summary>
/// <param name="Pack">The pack's digest.</param>
/// <param name="Offset">Where its stored bytes begin in the pack.</param>
/// <param name="StoredLength">How many stored bytes.</param>
/// <param name="Length">How many plain bytes.</param>
/// <param name="Checksum">The XXH3 of the plain bytes: a guard against a failing disk where they were compared with their name before.</param>
/// <param name="Codec">The codec of the stored bytes.</param>
/// <param name="Base">The chunk that it is decoded with; null for one that stands by itself.</param>
internal readonly record struct ChunkLocation(Digest Pack, long Offset, int StoredLength, int Length, ulong Checksum, byte Codec, ChunkBase? Base);
