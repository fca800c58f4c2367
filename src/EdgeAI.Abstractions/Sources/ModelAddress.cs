using System.Diagnostics.CodeAnalysis;
using EdgeAI.Models;

namespace EdgeAI.Sources;

/// <summary>
/// Where a model is, in text: a scheme, a colon and what the scheme understands, such as <c>https://host/model.onnx</c>, <c>hf:org/repo@main/onnx/model.onnx</c> or <c>ollama:name:tag</c>;
/// <c>#sha256:…</c> at its end says what the model file must be.
/// </summary>
/// <remarks>Its text never shows what may be secret: a password, or a query.</remarks>
public sealed class ModelAddress
{
    private ModelAddress(string scheme, string rest, Digest? digest)
    {
        Scheme = scheme;
        Rest = rest;
        Digest = digest;
    }

    /// <summary>What stands before the colon, in lowercase, such as <c>hf</c>.</summary>
    public string Scheme { get; }

    /// <summary>What stands after the colon, without the digest. It may hold secrets.</summary>
    public string Rest { get; }

    /// <summary>The digest that the model file must have; null when any will do.</summary>
    public Digest? Digest { get; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidModelAddressException">It is not an address.</exception>
    public static ModelAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = FindScheme(text);
        if (colon < 0)
        {
            throw new InvalidModelAddressException(text, "it has no scheme; write 'https://…', 'hf:org/repo' or 'ollama:name', or give a path to ModelSource.FromFile");
        }

        var scheme = text[..colon].ToLowerInvariant();
        var rest = text[(colon + 1)..];
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        Digest? digest = null;
        if (hash >= 0)
        {
            digest = Models.Digest.TryParse(rest.AsSpan(hash + 1), null, out var parsed)
                ? parsed
                : throw new InvalidModelAddressException(new ModelAddress(scheme, rest[..hash], null).ToString(), "what stands after '#' must be 'sha256:' and 64 hexadecimal digits");
            rest = rest[..hash];
        }

        var address = new ModelAddress(scheme, rest, digest);
        return rest.Length > 0 && !rest.Any(char.IsControl) ? address : throw new InvalidModelAddressException(address.ToString(), "nothing, or a control character, stands after the scheme");
    }

    /// <summary>Whether a text has a scheme, and so is an address and not a path. One letter is a drive.</summary>
    /// <param name="text">The text, or null.</param>
    public static bool HasScheme([NotNullWhen(true)] string? text) => text is not null && FindScheme(text) >= 0;

    /// <summary>The address without what may be secret.</summary>
    public override string ToString()
    {
        if (!Rest.StartsWith("//", StringComparison.Ordinal))
        {
            // Where a web address is written wrong, anything of it may be the password.
            return Scheme is "http" or "https" ? $"{Scheme}:…" : $"{Scheme}:{Rest.Split('?')[0]}";
        }

        return Uri.TryCreate($"{Scheme}:{Rest}", UriKind.Absolute, out var uri)
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : $"{Scheme}://…";
    }

    private static int FindScheme(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon >= 2 && char.IsAsciiLetter(text[0]) && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? colon : -1;
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
}
