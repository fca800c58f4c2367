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
        var trailer = new byte[PackFormat.TrailerLength];
        if (length < PackFormat.HeaderLength + PackFormat.TrailerLength
            || await tier.ReadAsync(key, length - trailer.Length, trailer, cancellationToken).ConfigureAwait(false) != trailer.Length
            || !PackFormat.TryReadTrailer(trailer, length, out var indexOffset, out var count))
        {
            throw new ContentCorruptedException(pack, key, "the pack's trailer is damaged, or the pack is cut short");
        }

        var header = new byte[PackFormat.HeaderLength];
        if (await tier.ReadAsync(key, 0, header, cancellationToken).ConfigureAwait(false) != header.Length || !PackFormat.IsHeaderIntact(header))
        {
            throw new ContentCorruptedException(pack, key, "the pack's header is damaged");
        }

        var index = new byte[checked(count * PackFormat.EntryLength)];
        if (await tier.ReadAsync(key, indexOffset, index, cancellationToken).ConfigureAwait(false) != index.Length
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
