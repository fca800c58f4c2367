using EdgeAI.Trust;

namespace EdgeAI.Configuration;

/// <summary>A public key that a store trusts: in a file, or as text.</summary>
public sealed class TrustedKeyOptions
{
    /// <summary>A PEM file with the public key; null when <see cref="Pem"/> has it.</summary>
    public string? Path { get; set; }

    /// <summary>The public key as PEM text; null when it is in a file.</summary>
    public string? Pem { get; set; }

    /// <summary>Reads the key.</summary>
    /// <exception cref="InvalidModelKeyException">There is none, there are two, or it is not a public key of P-256.</exception>
    public ModelPublicKey Load() => (Path, Pem) switch
    {
        ({ Length: > 0 } path, null or "") => ModelPublicKey.FromFile(path),
        (null or "", { Length: > 0 } pem) => ModelPublicKey.FromPem(pem),
        _ => throw new InvalidModelKeyException("The entry", "it must have either a Path or a Pem"),
    };
}
