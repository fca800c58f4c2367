using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace EdgeAI.Models;

/// <summary>A SHA-256 digest: the name of content. Written as <c>sha256:</c> and 64 lowercase hexadecimal digits.</summary>
/// <remarks>A value type of 32 bytes; equality is by content. Source of the notation: OCI image specification, "Digests".</remarks>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>, ISpanParsable<Digest>
{
    /// <summary>The number of bytes in a digest: 32.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const string Prefix = "sha256:";

    private readonly Bytes _bytes;

    /// <summary>Makes a digest from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A SHA-256 digest has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_bytes);
    }

    /// <summary>The 64 lowercase hexadecimal digits, without the <c>sha256:</c> in front: safe as a file name.</summary>
    public string Hex => Convert.ToHexStringLower((ReadOnlySpan<byte>)_bytes);

    /// <summary>Says whether two digests name the same content.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Says whether two digests name different content.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    /// <summary>Orders digests by their bytes.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    /// <summary>Orders digests by their bytes.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    /// <summary>Orders digests by their bytes.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    /// <summary>Orders digests by their bytes.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other digest.</param>
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    /// <summary>Hashes content.</summary>
    /// <param name="content">The plain bytes to name.</param>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return new Digest(hash);
    }

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static Digest Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static Digest Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var digest)
            ? digest
            : throw new FormatException($"'{s}' is not a digest: write 'sha256:' followed by 64 hexadecimal digits.");

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits, or says that the text is something else.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The digest that was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Digest result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits, or says that the text is something else.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The digest that was read.</param>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Digest result)
    {
        result = default;
        if (s.Length != Prefix.Length + (2 * Size) || !s.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(s[Prefix.Length..], bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        result = new Digest(bytes);
        return true;
    }

    /// <summary>Copies the 32 bytes out.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>The 32 bytes in an array of their own.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <inheritdoc/>
    public bool Equals(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    /// <inheritdoc/>
    public int CompareTo(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceCompareTo(other._bytes);

    /// <summary>The digest as <c>sha256:</c> and 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Prefix + Hex;

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
