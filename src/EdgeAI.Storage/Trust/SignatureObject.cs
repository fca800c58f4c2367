using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;
using EdgeAI.Trust;

namespace EdgeAI.Storage.Trust;

/// <summary>
/// A signature as an object on a tier. It brings its public key, so that it can be checked by whoever does not trust that key either. What is signed is a text of its own
/// with a line that says what it is, which nothing else that the key may sign can be taken for.
/// </summary>
/// <param name="Manifest">The digest of the manifest.</param>
/// <param name="Algorithm">How it is signed: <c>ecdsa-p256-sha256</c>.</param>
/// <param name="PublicKey">The SubjectPublicKeyInfo, whose SHA-256 is the key's id.</param>
/// <param name="SignedAt">When, in milliseconds since 1970.</param>
/// <param name="Signature">r and s, 32 bytes each.</param>
internal sealed partial record SignatureObject(string Manifest, string Algorithm, byte[] PublicKey, long SignedAt, byte[] Signature)
{
    private const string EcdsaP256 = "ecdsa-p256-sha256";

    /// <summary>A signature's bytes: the same signature is always the same bytes.</summary>
    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, SignatureJsonContext.Default.SignatureObject);

    /// <summary>Makes a signature with a signer.</summary>
    /// <exception cref="ModelSigningException">The signer's own key refuses it.</exception>
    public static async ValueTask<SignatureObject> SignAsync(Digest manifest, IModelSigner signer, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var plain = new SignatureObject(manifest.ToString(), EcdsaP256, signer.PublicKey.SubjectPublicKeyInfo.ToArray(), time.ToUnixTimeMilliseconds(), []);
        var hash = plain.ComputeHash();
        var signature = EcdsaSignature.ToFixedFields(await signer.SignHashAsync(hash, cancellationToken).ConfigureAwait(false));
        return signature is not null && signer.PublicKey.Verify(hash, signature)
            ? plain with { Signature = signature }
            : throw new ModelSigningException(signer.PublicKey.Id);
    }

    /// <summary>Reads a signature and checks all of it but whether its key is trusted.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="manifest">The manifest that it must be for.</param>
    /// <param name="keyId">The key that it must be by; null for any.</param>
    /// <param name="key">The key that it is by, and when, as far as that can be read.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? FindProblem(ReadOnlySpan<byte> bytes, Digest manifest, Digest? keyId, out (Digest Id, DateTimeOffset SignedAt) key)
    {
        key = (keyId ?? default, default);
        if (Deserialize(bytes) is not { } found || !found.Serialize().AsSpan().SequenceEqual(bytes))
        {
            return "it can't be read, or its bytes have changed";
        }

        key = (Digest.Of(found.PublicKey), DateTimeOffset.FromUnixTimeMilliseconds(found.SignedAt));
        return found.Algorithm != EcdsaP256 ? "it is by an algorithm that this version does not know"
            : found.Manifest != manifest.ToString() ? $"it is for another model ({found.Manifest})"
            : keyId is { } expected && key.Id != expected ? $"it is by another key ({key.Id})"
            : found.IsRight() ? null
            : "it does not fit the manifest: it, or what was signed, has been changed";
    }

    private bool IsRight()
    {
        try
        {
            return ModelPublicKey.FromSubjectPublicKeyInfo(PublicKey).Verify(ComputeHash(), Signature);
        }
        catch (Exception exception) when (exception is InvalidModelKeyException or CryptographicException)
        {
            return false;
        }
    }

    private byte[] ComputeHash() => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"EdgeAI model signature 1\n{Manifest}\n{Digest.Of(PublicKey)}\n{Algorithm}\n{SignedAt}\n")));

    private static SignatureObject? Deserialize(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var found = JsonSerializer.Deserialize(bytes, SignatureJsonContext.Default.SignatureObject);
            return found is { SignedAt: >= 0 } && found.SignedAt <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(SignatureObject))]
    private sealed partial class SignatureJsonContext : JsonSerializerContext;
}
