namespace EdgeAI.Storage.Tiers;

/// <summary>What a tier's directory says of itself.</summary>
/// <param name="Store">The store that it belongs to.</param>
/// <param name="Packs">In the store's own directory: the others that hold packs.</param>
internal sealed record Marker(Guid Store, IReadOnlyList<string> Packs);
