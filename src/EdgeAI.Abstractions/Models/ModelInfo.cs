namespace EdgeAI.Models;

/// <summary>A model in the store.</summary>
/// <param name="Reference">What it is called: <c>name:tag</c>.</param>
/// <param name="Digest">The digest of its manifest: which version the tag names now.</param>
/// <param name="Length">The length of its files together, in bytes, before compression.</param>
/// <param name="ImportedAt">When the tag was set to this version.</param>
public sealed record ModelInfo(ModelReference Reference, Digest Digest, long Length, DateTimeOffset ImportedAt);
