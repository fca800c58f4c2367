using EdgeAI.Models;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Indexing;

/// <summary>A chunk and where it is.</summary>
/// <param name="Chunk">Its name.</param>
/// <param name="Location">Its place.</param>
/// <param name="IsGarbage">Whether it is marked as garbage.</param>
internal readonly record struct PlacedChunk(Digest Chunk, ChunkLocation Location, bool IsGarbage = false);
