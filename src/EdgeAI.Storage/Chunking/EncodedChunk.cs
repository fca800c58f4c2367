using EdgeAI.Models;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Chunking;

/// <summary>A chunk that is named, and encoded unless the store has it.</summary>
/// <param name="Reference">Its name and length.</param>
/// <param name="Checksum">Its XXH3.</param>
/// <param name="Place">Where it lies in its file.</param>
/// <param name="Buffer">Begins with the bytes to store; null when the store has the chunk. From the shared <see cref="System.Buffers.ArrayPool{T}"/>; who writes them gives it back.</param>
/// <param name="StoredLength">How many they are.</param>
/// <param name="Codec">Their codec.</param>
/// <param name="Base">The chunk that they are a difference from; null when they stand by themselves.</param>
internal readonly record struct EncodedChunk(
    ChunkReference Reference,
    ulong Checksum,
    PlannedChunk Place,
    byte[]? Buffer,
    int StoredLength,
    byte Codec,
    ChunkBase? Base);
