using EdgeAI.Models;

namespace EdgeAI.Trust;

/// <summary>The store requires signatures, and a model has none that counts. Nothing of it was given out.</summary>
public sealed class ModelNotTrustedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The reference that was asked for.</param>
    /// <param name="manifest">The digest of its manifest.</param>
    /// <param name="reason">Why nothing of what is there counts.</param>
    /// <param name="keyId">The id of the key that it is signed with, when that is the reason.</param>
    /// <param name="location">The signature's object, or the archive, when one is the reason.</param>
    public ModelNotTrustedException(ModelReference model, Digest manifest, string reason, Digest? keyId = null, string? location = null)
        : base($"The model '{model}' ({manifest}) is not trusted: {reason}. Sign it with a key that the store trusts (SignAsync), or import it from an archive that was signed so.")
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Manifest = manifest;
        KeyId = keyId;
        Location = location;
    }

    /// <summary>The reference that was asked for.</summary>
    public ModelReference Model { get; }

    /// <summary>The digest of its manifest.</summary>
    public Digest Manifest { get; }

    /// <summary>The id of the key that it is signed with, when that key is not trusted; null otherwise.</summary>
    public Digest? KeyId { get; }

    /// <summary>The object with the signature that is wrong, or the archive; null when it has none.</summary>
    public string? Location { get; }
}
