using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>A chunk that is kept, or on its way.</summary>
/// <param name="Chunk">Which one.</param>
/// <param name="Segment">Whose room it takes.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record CachedChunk(ChunkReference Chunk, CacheSegment Segment, Task<ReadOnlyMemory<byte>> Content);
