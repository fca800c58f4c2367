using EdgeAI.Models;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Trust;

/// <summary>Signatures on a tier: one object for each manifest and key.</summary>
internal sealed class SignatureStore(IStorageTier tier)
{
    /// <summary>Where signatures are among a tier's objects.</summary>
    public const string Prefix = "signatures/";
    private const string Suffix = ".json";
    private const int HexLength = 2 * Digest.Size;

    public static string KeyOf(Digest manifest, Digest keyId) => $"{Prefix}{manifest.Hex}.{keyId.Hex}{Suffix}";

    /// <summary>Takes a key apart; false when it is no signature's.</summary>
    public static bool TryParse(string key, out Digest manifest, out Digest keyId)
    {
        (manifest, keyId) = (default, default);
        return key.Length == Prefix.Length + HexLength + 1 + HexLength + Suffix.Length
            && key.StartsWith(Prefix, StringComparison.Ordinal)
            && Digest.TryParse($"sha256:{key.AsSpan(Prefix.Length, HexLength)}", null, out manifest)
            && Digest.TryParse($"sha256:{key.AsSpan(Prefix.Length + HexLength + 1, HexLength)}", null, out keyId);
    }

    /// <summary>Reads a signature; null when there is none.</summary>
    public ValueTask<byte[]?> ReadAsync(Digest manifest, Digest keyId, CancellationToken cancellationToken) =>
        SmallObject.ReadAsync(tier, KeyOf(manifest, keyId), cancellationToken);

    /// <summary>Stores a signature in place of an earlier one by the same key.</summary>
    public async ValueTask PutAsync(Digest manifest, Digest keyId, byte[] content, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await ReadAsync(manifest, keyId, cancellationToken).ConfigureAwait(false);
            if (before.AsSpan().SequenceEqual(content)
                || await tier.CompareAndSwapAsync(KeyOf(manifest, keyId), before is null ? default(ReadOnlyMemory<byte>?) : before, content, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>The signatures of a manifest, or of all, by manifest and key.</summary>
    public async ValueTask<List<(Digest Manifest, Digest KeyId, byte[] Content)>> ListAsync(Digest? manifest, CancellationToken cancellationToken)
    {
        var found = new List<(Digest Manifest, Digest KeyId)>();
        await foreach (var stored in tier.ListAsync(Prefix + manifest?.Hex, cancellationToken).ConfigureAwait(false))
        {
            if (TryParse(stored.Key, out var of, out var by))
            {
                found.Add((of, by));
            }
        }

        var signatures = new List<(Digest, Digest, byte[])>();
        foreach (var (of, by) in found.Order())
        {
            if (await ReadAsync(of, by, cancellationToken).ConfigureAwait(false) is { } content)
            {
                signatures.Add((of, by, content));
            }
        }

        return signatures;
    }
}
