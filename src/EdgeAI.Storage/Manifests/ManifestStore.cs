using EdgeAI.Models;

namespace EdgeAI.Storage.Manifests;

/// <summary>Manifests on a tier, each under its digest.</summary>
internal sealed class ManifestStore(IStorageTier tier)
{
    public async ValueTask PutAsync(Digest digest, byte[] json, CancellationToken cancellationToken)
    {
        var key = ManifestSerializer.KeyOf(digest);
        using var content = new MemoryStream(json, writable: false);
        if (await tier.PutAsync(key, content, cancellationToken).ConfigureAwait(false) || await IsIntactAsync(digest, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        // What stands there was damaged since; the import has the right bytes in its hands.
        await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        content.Position = 0;
        await tier.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ContentCorruptedException">It is missing or damaged.</exception>
    public async ValueTask<ModelManifest> ReadAsync(Digest digest, CancellationToken cancellationToken) =>
        ManifestSerializer.Deserialize(digest, await ReadBytesAsync(digest, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads the bytes of a manifest.</summary>
    /// <exception cref="ContentCorruptedException">They are missing or damaged.</exception>
    public async ValueTask<byte[]> ReadBytesAsync(Digest digest, CancellationToken cancellationToken)
    {
        var json = await ReadUncheckedAsync(digest, cancellationToken).ConfigureAwait(false);
        return Digest.Of(json) == digest
            ? json
            : throw new ContentCorruptedException(digest, ManifestSerializer.KeyOf(digest), "its bytes have changed");
    }

    /// <summary>Reads a manifest as it is stored; null when it is missing or damaged.</summary>
    public async ValueTask<byte[]?> TryReadIntactAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadBytesAsync(digest, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentCorruptedException)
        {
            return null;
        }
    }

    /// <summary>The length of a manifest in bytes; 0 when it is missing.</summary>
    public async ValueTask<long> GetLengthAsync(Digest digest, CancellationToken cancellationToken) =>
        await tier.GetLengthAsync(ManifestSerializer.KeyOf(digest), cancellationToken).ConfigureAwait(false) ?? 0;

    private async ValueTask<bool> IsIntactAsync(Digest digest, CancellationToken cancellationToken) =>
        Digest.Of(await ReadUncheckedAsync(digest, cancellationToken).ConfigureAwait(false)) == digest;

    private async ValueTask<byte[]> ReadUncheckedAsync(Digest digest, CancellationToken cancellationToken)
    {
        var key = ManifestSerializer.KeyOf(digest);
        var length = await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false);
        if (length is null or > ManifestSerializer.MaxLength)
        {
            throw new ContentCorruptedException(digest, key, length is null ? "the manifest is missing" : "it is longer than any manifest");
        }

        var json = new byte[length.Value];
        await tier.ReadAsync(key, 0, json, cancellationToken).ConfigureAwait(false);
        return json;
    }
}
