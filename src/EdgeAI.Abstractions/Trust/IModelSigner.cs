namespace EdgeAI.Trust;

/// <summary>Signs models: with a key in a file (<see cref="ModelSigner"/>), or wherever a key is kept that does not come out, such as an HSM, a TPM or a cloud.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IModelSigner
{
    /// <summary>The public half of the key.</summary>
    ModelPublicKey PublicKey { get; }

    /// <summary>Signs a hash with ECDSA. What it throws comes out of <c>SignAsync</c> as it is, and nothing is kept.</summary>
    /// <param name="hash">32 bytes, the SHA-256 of the message.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <returns>The signature: 64 bytes (r and s, as IEEE P1363 has them) or a DER sequence (RFC 3279).</returns>
    ValueTask<byte[]> SignHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default);
}
