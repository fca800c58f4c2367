using EdgeAI.Models;

namespace EdgeAI.Storage.Indexing;

/// <summary>A chunk, as a walk over the whole store needs it.</summary>
/// <param name="Chunk">Its name.</param>
/// <param name="Pack">The pack that it is in.</param>
/// <param name="StoredLength">How many stored bytes it has.</param>
/// <param name="Base">The chunk that it is decoded with; null when it stands by itself.</param>
internal readonly record struct StoredChunk(Digest Chunk, Digest Pack, int StoredLength, Digest? Base);
