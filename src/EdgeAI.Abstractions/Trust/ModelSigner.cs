using System.Security.Cryptography;
using System.Text;

namespace EdgeAI.Trust;

/// <summary>Signs models with a key from a file, or through a callback to wherever the key is kept.</summary>
/// <remarks>Thread-safe. A key from a file is in memory until the signer is disposed.</remarks>
public sealed class ModelSigner : IModelSigner, IDisposable
{
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> _sign;
    private readonly ECDsa? _key;

    private ModelSigner(ModelPublicKey publicKey, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> sign, ECDsa? key)
    {
        PublicKey = publicKey;
        _sign = sign;
        _key = key;
    }

    /// <inheritdoc/>
    public ModelPublicKey PublicKey { get; }

    /// <summary>A signer with a private key from a file.</summary>
    /// <param name="path">A PEM file (<c>PRIVATE KEY</c>, <c>ENCRYPTED PRIVATE KEY</c> or <c>EC PRIVATE KEY</c>), or a PKCS#8 file in DER.</param>
    /// <param name="password">The password of an encrypted key; null for one that is not encrypted.</param>
    /// <exception cref="InvalidModelKeyException">The file can't be read, is not a private key of P-256, or the password is wrong.</exception>
    public static ModelSigner FromFile(string path, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = KeyFiles.ReadBytes(path);
        try
        {
            return Create($"'{path}'", key => Import(key, content, password));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>A signer with a private key in memory.</summary>
    /// <param name="pem">PEM text, as in <see cref="FromFile"/>.</param>
    /// <param name="password">The password of an encrypted key; null for one that is not encrypted.</param>
    /// <exception cref="InvalidModelKeyException">The text is not a private key of P-256, or the password is wrong.</exception>
    public static ModelSigner FromPem(string pem, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(pem);
        return Create("The text", key => ImportPem(key, pem, password));
    }

    /// <summary>A signer whose key is kept elsewhere, and signs there.</summary>
    /// <param name="publicKey">The public half.</param>
    /// <param name="sign">Signs a hash, as <see cref="IModelSigner.SignHashAsync"/> does.</param>
    public static ModelSigner FromCallback(ModelPublicKey publicKey, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> sign)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        ArgumentNullException.ThrowIfNull(sign);
        return new ModelSigner(publicKey, sign, null);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> SignHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default) => _sign(hash, cancellationToken);

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key?.Dispose();

    private static ModelSigner Create(string source, Action<ECDsa> import)
    {
        var key = ECDsa.Create();
        try
        {
            import(key);
            var publicKey = ModelPublicKey.Of(key, source);

            // A public key imports as well; only a signature shows that the other half is there.
            _ = key.SignHash(new byte[SHA256.HashSizeInBytes]);
            return new ModelSigner(publicKey, (hash, _) => Sign(key, hash), key);
        }
        catch (Exception exception)
        {
            key.Dispose();
            if (KeyFiles.IsRefusal(exception))
            {
                throw new InvalidModelKeyException(source, "it holds no elliptic curve's private key (PEM, or PKCS#8 in DER), or one that needs another password", exception);
            }

            throw;
        }
    }

    private static ValueTask<byte[]> Sign(ECDsa key, ReadOnlyMemory<byte> hash)
    {
        lock (key)
        {
            return new(key.SignHash(hash.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
    }

    private static void Import(ECDsa key, byte[] content, string? password)
    {
        if (content.AsSpan().IndexOf("-----BEGIN "u8) >= 0)
        {
            ImportPem(key, Encoding.UTF8.GetString(content), password);
        }
        else if (password is null)
        {
            key.ImportPkcs8PrivateKey(content, out _);
        }
        else
        {
            key.ImportEncryptedPkcs8PrivateKey(password, content, out _);
        }
    }

    private static void ImportPem(ECDsa key, string pem, string? password)
    {
        if (password is null)
        {
            key.ImportFromPem(pem);
        }
        else
        {
            key.ImportFromEncryptedPem(pem, password);
        }
    }
}
