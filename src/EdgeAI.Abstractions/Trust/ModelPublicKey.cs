using System.Security.Cryptography;
using EdgeAI.Models;

namespace EdgeAI.Trust;

/// <summary>A public key that models are signed with: ECDSA over the curve P-256.</summary>
/// <remarks>Immutable.</remarks>
public sealed class ModelPublicKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string PrivateLabel = "PRIVATE KEY-----";

    private readonly byte[] _subjectPublicKeyInfo;

    private ModelPublicKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Id = Digest.Of(subjectPublicKeyInfo);
    }

    /// <summary>The key's id: the SHA-256 of its SubjectPublicKeyInfo (RFC 5280) in DER.</summary>
    public Digest Id { get; }

    /// <summary>The key as a SubjectPublicKeyInfo in DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _subjectPublicKeyInfo;

    /// <summary>Reads a public key.</summary>
    /// <param name="pem">PEM text with a <c>PUBLIC KEY</c>.</param>
    /// <exception cref="InvalidModelKeyException">The text is not a public key of P-256.</exception>
    public static ModelPublicKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        return FromPem(pem, "The text");
    }

    /// <summary>Reads a public key from a file.</summary>
    /// <param name="path">A PEM file with a <c>PUBLIC KEY</c>.</param>
    /// <exception cref="InvalidModelKeyException">The file can't be read, or is not a public key of P-256.</exception>
    public static ModelPublicKey FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromPem(KeyFiles.ReadText(path), $"'{path}'");
    }

    /// <summary>Reads a public key.</summary>
    /// <param name="subjectPublicKeyInfo">A SubjectPublicKeyInfo in DER.</param>
    /// <exception cref="InvalidModelKeyException">The bytes are not a public key of P-256.</exception>
    public static ModelPublicKey FromSubjectPublicKeyInfo(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        }
        catch (Exception exception) when (KeyFiles.IsRefusal(exception))
        {
            throw new InvalidModelKeyException("The bytes", "they are not an elliptic curve's public key in DER", exception);
        }

        return Of(key, "The bytes");
    }

    /// <summary>Says whether a signature over a hash was made with this key's other half.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="signature">64 bytes: r and s.</param>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        using var key = Open();
        return key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal static ModelPublicKey Of(ECDsa key, string source)
    {
        // Curves without a name in the key, and all other named ones, are refused: one curve, well understood, on every system.
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && (curve.Oid.Value == P256 || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256")
            ? new ModelPublicKey(key.ExportSubjectPublicKeyInfo())
            : throw new InvalidModelKeyException(source, $"it is a key of {curve.Oid?.FriendlyName ?? "a curve without a name"} with {key.KeySize} bits, and only P-256 is used");
    }

    internal ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        return key;
    }

    private static ModelPublicKey FromPem(string pem, string source)
    {
        if (pem.Contains(PrivateLabel, StringComparison.Ordinal))
        {
            throw new InvalidModelKeyException(source, "it is a private key, which belongs where models are signed and nowhere else; give its public half");
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception exception) when (KeyFiles.IsRefusal(exception))
        {
            throw new InvalidModelKeyException(source, "it holds no elliptic curve's PUBLIC KEY in PEM", exception);
        }

        return Of(key, source);
    }
}
