using EdgeAI.Models;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Clusters;

/// <summary>A manifest, and where a cluster has the chunks that a node may lack for it. Checksums of places are not known.</summary>
/// <param name="Json">The manifest as it is stored.</param>
/// <param name="Manifest">What it says.</param>
/// <param name="Places">Where chunks are, those included that others are decoded with.</param>
internal sealed record PlacedManifest(byte[] Json, ModelManifest Manifest, IReadOnlyDictionary<Digest, ChunkLocation> Places);
