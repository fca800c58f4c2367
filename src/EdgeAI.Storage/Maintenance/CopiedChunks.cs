using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Maintenance;

/// <summary>The chunks of another copy of the store's content, by name, whatever packs they stand in there. What comes from it has been compared with its name.</summary>
internal sealed class CopiedChunks
{
    private readonly IStorageTier _tier;
    private readonly Dictionary<Digest, List<ChunkLocation>> _locations = [];

    private CopiedChunks(IStorageTier tier) => _tier = tier;

    /// <summary>Reads the indexes of a copy's packs; those that can't be read count for nothing.</summary>
    public static async ValueTask<CopiedChunks> OpenAsync(IStorageTier tier, CancellationToken cancellationToken)
    {
        var copy = new CopiedChunks(tier);
        await foreach (var stored in tier.ListAsync("packs/", cancellationToken).ConfigureAwait(false))
        {
            if (Digest.TryParse("sha256:" + Path.GetFileNameWithoutExtension(stored.Key), null, out var pack))
            {
                await copy.AddAsync(pack, cancellationToken).ConfigureAwait(false);
            }
        }

        return copy;
    }

    /// <summary>Finds a chunk.</summary>
    /// <returns>Its plain bytes, and what the copy keeps it as; null when the copy does not have it whole.</returns>
    public async ValueTask<(byte[] Plain, StoredForm Form)?> FindAsync(Digest chunk, CancellationToken cancellationToken) =>
        await FindAsync(chunk, ChunkBase.MaxReadDepth, cancellationToken).ConfigureAwait(false);

    private async ValueTask<(byte[] Plain, StoredForm Form)?> FindAsync(Digest chunk, int depth, CancellationToken cancellationToken)
    {
        foreach (var location in _locations.GetValueOrDefault(chunk) ?? [])
        {
            if (await TryReadAsync(chunk, location, depth, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private async ValueTask AddAsync(Digest pack, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in await new PackReader(_tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false))
            {
                if (!_locations.TryGetValue(entry.Chunk, out var locations))
                {
                    _locations.Add(entry.Chunk, locations = []);
                }

                locations.Add(entry.In(pack));
            }
        }
        catch (ContentCorruptedException)
        {
            // The copy may be damaged too; it helps with what it has.
        }
    }

    private async ValueTask<(byte[] Plain, StoredForm Form)?> TryReadAsync(Digest chunk, ChunkLocation location, int depth, CancellationToken cancellationToken)
    {
        if (depth < 0 || location.Length is <= 0 or > PackFormat.MaxChunkLength || location.StoredLength is < 0 or > PackFormat.MaxChunkLength)
        {
            return null;
        }

        var stored = new byte[location.StoredLength];
        var plain = new byte[location.Length];
        var baseline = Array.Empty<byte>();
        if (location.Base is { } needed)
        {
            if (await FindAsync(needed.Chunk, depth - 1, cancellationToken).ConfigureAwait(false) is not { } found)
            {
                return null;
            }

            baseline = found.Plain;
        }

        return await _tier.ReadAsync(PackFormat.KeyOf(location.Pack), location.Offset, stored, cancellationToken).ConfigureAwait(false) == stored.Length
            && ChunkCodecs.TryDecode(location.Codec, stored, baseline, plain)
            && Digest.Of(plain) == chunk
            ? (plain, new StoredForm(location.Codec, location.Base, stored))
            : null;
    }
}
