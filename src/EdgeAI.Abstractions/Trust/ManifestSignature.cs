using EdgeAI.Models;

namespace EdgeAI.Trust;

/// <summary>Who signed a model.</summary>
/// <param name="KeyId">The id of the key: the SHA-256 of its SubjectPublicKeyInfo.</param>
/// <param name="TrustedAs">What the store's options call the key; null when they do not name it.</param>
/// <param name="SignedAt">When it was signed, by the signer's clock.</param>
/// <param name="Problem">Why the signature does not count; null when it is right. Whether the key is trusted is another matter.</param>
public sealed record ManifestSignature(Digest KeyId, string? TrustedAs, DateTimeOffset SignedAt, string? Problem);
