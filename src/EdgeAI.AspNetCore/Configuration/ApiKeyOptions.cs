using System.ComponentModel.DataAnnotations;

namespace EdgeAI.AspNetCore.Configuration;

/// <summary>A key that a caller may show, and what it opens.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Whose key it is; the caller's name from then on.</summary>
    [Required]
    public string Name { get; set; } = string.Empty;

    /// <summary>The key itself, at least 16 characters; null when <see cref="Sha256"/> is given.</summary>
    public string? Key { get; set; }

    /// <summary>The SHA-256 of the key's UTF-8, as 64 hexadecimal digits; null when <see cref="Key"/> is given.</summary>
    public string? Sha256 { get; set; }

    /// <summary>What it opens: <c>infer</c>, <c>manage</c>, <c>read-store</c>, <c>write-store</c>, <c>metrics</c>.</summary>
    public IList<string> Scopes { get; } = [];
}
