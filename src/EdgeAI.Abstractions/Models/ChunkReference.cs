namespace EdgeAI.Models;

/// <summary>A run of bytes that a file is made of.</summary>
/// <param name="Digest">The digest of the plain bytes: the chunk's name.</param>
/// <param name="Length">How many plain bytes, 1 to 16 MiB.</param>
public readonly record struct ChunkReference(Digest Digest, int Length);
