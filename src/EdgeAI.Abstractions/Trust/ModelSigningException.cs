using EdgeAI.Models;

namespace EdgeAI.Trust;

/// <summary>A signer gave a signature that its own public key refuses. Nothing was kept.</summary>
public sealed class ModelSigningException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="keyId">The id of the signer's public key.</param>
    public ModelSigningException(Digest keyId)
        : base($"The signer for the key {keyId} gave a signature that this key refuses. Give the public key that belongs to it, and sign the hash itself: 32 bytes, not hashed again.") => KeyId = keyId;

    /// <summary>The id of the signer's public key.</summary>
    public Digest KeyId { get; }
}
