using EdgeAI.Models;

namespace EdgeAI.Storage.Packs;

/// <summary>Reads packs from a tier.</summary>
internal sealed class PackReader(IStorageTier tier)
{
    /// <summary>Reads a pack's index.</summary>
    /// <exception cref="ContentCorruptedException">The pack is missing, cut short, or its index is damaged.</exception>
    public async ValueTask<IReadOnlyList<PackEntry>> ReadIndexAsync(Digest pack, CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(pack);
        var length = await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw new ContentCorruptedException(pack, key, "the pack is missing");
        return await ReadIndexAsync(pack, length, (offset, bytes, token) => tier.ReadAsync(key, offset, bytes, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the index of a pack that is anywhere.</summary>
    /// <exception cref="ContentCorruptedException">The pack is cut short, or its index is damaged.</exception>
    public static async ValueTask<IReadOnlyList<PackEntry>> ReadIndexAsync(
        Digest pack,
        long length,
        RangeReader read,
        CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(pack);
        var trailer = new byte[PackFormat.TrailerLength];
        if (length < PackFormat.HeaderLength + PackFormat.TrailerLength
            || await read(length - trailer.Length, trailer, cancellationToken).ConfigureAwait(false) != trailer.Length
            || !PackFormat.TryReadTrailer(trailer, length, out var indexOffset, out var count))
        {
            throw new ContentCorruptedException(pack, key, "the pack's trailer is damaged, or the pack is cut short");
        }

        var header = new byte[PackFormat.HeaderLength];
        if (await read(0, header, cancellationToken).ConfigureAwait(false) != header.Length || !PackFormat.IsHeaderIntact(header))
        {
            throw new ContentCorruptedException(pack, key, "the pack's header is damaged");
        }

        var index = new byte[count * PackFormat.EntryLength];
        if (await read(indexOffset, index, cancellationToken).ConfigureAwait(false) != index.Length
            || !PackFormat.IsIndexIntact(trailer, index))
        {
            throw new ContentCorruptedException(pack, key, "the pack's index is damaged");
        }

        return ReadEntries(index, count);
    }

    private static PackEntry[] ReadEntries(byte[] index, int count)
    {
        var entries = new PackEntry[count];
        for (var i = 0; i < count; i++)
        {
            entries[i] = PackFormat.ReadEntry(index.AsSpan(i * PackFormat.EntryLength, PackFormat.EntryLength));
        }

        return entries;
    }
}
