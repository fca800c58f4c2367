using System.Security.Cryptography;
using System.Text;
using EdgeAI.AspNetCore.Configuration;

namespace EdgeAI.AspNetCore.Authentication;

/// <summary>The keys of an instance, as hashes.</summary>
internal sealed class ApiKeys
{
    private readonly (byte[] Hash, ApiKeyOptions Options)[] _keys;

    public ApiKeys(IEnumerable<ApiKeyOptions> keys) =>
        _keys = [.. keys.Select(key => (key.Sha256 is { } hash ? Convert.FromHexString(hash) : SHA256.HashData(Encoding.UTF8.GetBytes(key.Key!)), key))];

    public bool IsEmpty => _keys.Length == 0;

    /// <summary>The key that was shown; null when there is no such key. Takes as long whichever it is.</summary>
    public ApiKeyOptions? Find(string shown)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(shown), hash);
        ApiKeyOptions? found = null;
        foreach (var (known, options) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, known) ? options : found;
        }

        return found;
    }
}
