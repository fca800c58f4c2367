namespace EdgeAI.Storage.Tiers;

/// <summary>Keys of objects on a tier, as <see cref="IStorageTier"/> defines them.</summary>
internal static class StorageKey
{
    private const int MaxLength = 256;

    public static void Validate(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > MaxLength || !key.Split('/').All(IsPart))
        {
            throw new ArgumentException($"'{key}' is not a storage key: lowercase letters, digits, '-' and '.', in parts divided by '/'.", nameof(key));
        }
    }

    private static bool IsPart(string part) =>
        part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
