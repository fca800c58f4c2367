using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Maintenance;

/// <summary>What a chunk is to be kept as.</summary>
/// <param name="Codec">The codec.</param>
/// <param name="Base">The chunk that it is decoded with; null for one that stands by itself.</param>
/// <param name="Stored">The stored bytes.</param>
internal readonly record struct StoredForm(byte Codec, ChunkBase? Base, ReadOnlyMemory<byte> Stored);
