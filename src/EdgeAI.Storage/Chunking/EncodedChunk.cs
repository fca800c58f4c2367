using EdgeAI.Models;

namespace EdgeAI.Storage.Chunking;

/// <summary>A chunk that is named, and encoded unless the store has it.</summary>
/// <param name="Reference">Its name and length.</param>
/// <param name="Stored">The bytes to store; null when the store has the chunk.</param>
/// <param name="Codec">Their codec.</param>
internal readonly record struct EncodedChunk(ChunkReference Reference, ReadOnlyMemory<byte>? Stored, byte Codec);
