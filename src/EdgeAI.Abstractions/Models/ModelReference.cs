using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeAI.Models;

/// <summary>
/// What a user calls a model: <c>name:tag</c> (a name that can be moved to another version) or <c>name@sha256:…</c> (exactly one version).
/// A name alone means <c>name:latest</c>.
/// </summary>
/// <remarks>
/// A name has 1 to 8 segments divided by <c>/</c>. A segment, and a tag, has 1 to 128 letters or digits of any script, with
/// <c>.</c>, <c>_</c> and <c>-</c> between or after them; it never begins with <c>.</c> or <c>-</c>. Text is brought to Unicode form NFC, so that
/// two ways of typing a letter are one name; an app with <c>InvariantGlobalization</c> has no data for that, and there letters must be typed
/// composed. Names are case-sensitive and never become paths. Immutable; converts from <see cref="string"/>.
/// </remarks>
public sealed class ModelReference : IEquatable<ModelReference>, IParsable<ModelReference>
{
    /// <summary>The tag that a name without one means: <c>latest</c>.</summary>
    public const string DefaultTag = "latest";

    private const int MaxSegments = 8;
    private const int MaxSegmentLength = 128;

    // With InvariantGlobalization, Normalize gives every text back as it came.
    private static readonly bool CanCompose = !"e\u0301".IsNormalized(NormalizationForm.FormC);

    private ModelReference(string name, string? tag, Digest? digest)
    {
        Name = name;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The name, such as <c>ocr/det</c>.</summary>
    public string Name { get; }

    /// <summary>The tag, such as <c>v4</c>; null when the reference is by digest.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest; null when the reference is by tag.</summary>
    public Digest? Digest { get; }

    /// <summary>Reads a reference, so that a plain string can stand wherever a reference is wanted.</summary>
    /// <param name="text">Such as <c>ocr/det:v4</c>.</param>
    /// <exception cref="InvalidModelReferenceException">The text is not a reference.</exception>
    public static implicit operator ModelReference(string text) => Parse(text);

    /// <summary>Says whether two references are the same text.</summary>
    /// <param name="left">One reference, or null.</param>
    /// <param name="right">The other reference, or null.</param>
    public static bool operator ==(ModelReference? left, ModelReference? right) => Equals(left, right);

    /// <summary>Says whether two references differ.</summary>
    /// <param name="left">One reference, or null.</param>
    /// <param name="right">The other reference, or null.</param>
    public static bool operator !=(ModelReference? left, ModelReference? right) => !Equals(left, right);

    /// <summary>Reads a reference.</summary>
    /// <param name="s">Such as <c>ocr/det:v4</c>, <c>ocr/det</c> or <c>ocr/det@sha256:…</c>.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="InvalidModelReferenceException">The text is not a reference; the message says why.</exception>
    public static ModelReference Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Read(s, out var reason) ?? throw new InvalidModelReferenceException(s, reason);
    }

    /// <summary>Reads a reference, or says that the text is none.</summary>
    /// <param name="s">The text, or null.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The reference that was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ModelReference result)
    {
        result = s is null ? null : Read(s, out _);
        return result is not null;
    }

    /// <summary>The same name, at exactly one version.</summary>
    /// <param name="digest">The digest of that version's manifest.</param>
    public ModelReference At(Digest digest) => new(Name, null, digest);

    /// <inheritdoc/>
    public bool Equals(ModelReference? other) =>
        other is not null && Name == other.Name && Tag == other.Tag && Digest == other.Digest;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModelReference);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Tag, Digest);

    /// <summary>The whole reference: <c>name:tag</c> or <c>name@sha256:…</c>.</summary>
    public override string ToString() => Digest is { } digest ? $"{Name}@{digest}" : $"{Name}:{Tag}";

    private static ModelReference? Read(string text, out string reason)
    {
        string normal;
        try
        {
            normal = text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            reason = "it holds characters that are not valid Unicode";
            return null;
        }

        var at = normal.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            reason = "what follows '@' is not a digest ('sha256:' and 64 hexadecimal digits)";
            return EdgeAI.Models.Digest.TryParse(normal.AsSpan(at + 1), null, out var digest) && IsName(normal[..at], out reason)
                ? new ModelReference(normal[..at], null, digest)
                : null;
        }

        var colon = normal.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? normal : normal[..colon];
        var tag = colon < 0 ? DefaultTag : normal[(colon + 1)..];
        return IsName(name, out reason) && IsSegment(tag, "tag", out reason) ? new ModelReference(name, tag, null) : null;
    }

    private static bool IsName(string name, out string reason)
    {
        var segments = name.Split('/');
        if (segments.Length > MaxSegments)
        {
            reason = $"the name has {segments.Length} segments, more than {MaxSegments}";
            return false;
        }

        foreach (var segment in segments)
        {
            if (!IsSegment(segment, "name segment", out reason))
            {
                return false;
            }
        }

        reason = string.Empty;
        return true;
    }

    private static bool IsSegment(string segment, string kind, out string reason)
    {
        reason = segment switch
        {
            { Length: 0 } => $"a {kind} is empty",
            { Length: > MaxSegmentLength } => $"a {kind} is longer than {MaxSegmentLength} characters",
            ['.' or '-', ..] => $"the {kind} '{segment}' begins with '{segment[0]}'",
            _ => string.Empty,
        };
        if (reason.Length > 0)
        {
            return false;
        }

        foreach (var rune in segment.EnumerateRunes())
        {
            if (!CanCompose && IsComposing(rune))
            {
                reason = $"the {kind} '{segment}' holds U+{rune.Value:X4}, which this app, set to InvariantGlobalization, can't join with the "
                    + "letter before it; type the letter as one character";
                return false;
            }

            if (!IsAllowed(rune))
            {
                reason = $"the {kind} '{segment}' holds U+{rune.Value:X4}, which is not a letter, a digit, '.', '_' or '-'";
                return false;
            }
        }

        return true;
    }

    // Combining marks are part of the letters of many scripts (Devanagari, Thai) and have no composed form there.
    private static bool IsAllowed(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || rune.Value is '.' or '_' or '-'
        || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    // What combines to one character under NFC in the scripts where both ways of typing are common: Latin, Greek and Cyrillic accents,
    // Korean jamo, Japanese voicing marks.
    private static bool IsComposing(Rune rune) => rune.Value is (>= 0x0300 and <= 0x036F) or (>= 0x1100 and <= 0x11FF) or 0x3099 or 0x309A;
}
