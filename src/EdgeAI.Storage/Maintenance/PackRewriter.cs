using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Writes chunks anew into one pack, and then takes them from there: the new pack is on disk first, the index changes in one transaction, and packs that hold
/// nothing any more are retired, to be deleted when nobody can read them.
/// </summary>
internal sealed class PackRewriter(StoreDirectory directory, StoreIndex index, LocalObjects tier, LockWait wait)
{
    /// <summary>Moves chunks.</summary>
    /// <param name="chunks">The chunks, where they are now, in the order in which they shall stand.</param>
    /// <param name="lost">Chunks that the index is to forget at the same moment.</param>
    /// <param name="encode">What to keep a chunk as.</param>
    /// <param name="epoch">The epoch that the caller is in.</param>
    /// <param name="cancellationToken">Cancels; nothing is moved.</param>
    /// <returns>The new pack; null when there were no chunks.</returns>
    public async ValueTask<WrittenPack?> MoveAsync(
        IReadOnlyList<PlacedChunk> chunks,
        IReadOnlyList<PlacedChunk> lost,
        Func<PlacedChunk, CancellationToken, ValueTask<StoredForm>> encode,
        long epoch,
        CancellationToken cancellationToken)
    {
        tier.RequireDisks();
        var staging = directory.CreateStaging(epoch);
        try
        {
            var written = chunks.Count == 0 ? null : await WriteAsync(chunks, encode, Path.Combine(staging, "0.pack"), cancellationToken).ConfigureAwait(false);
            using var commit = await FileLock.AcquireSharedAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false);
            if (written is not null)
            {
                // In place of what has the name: the content is what the name says, and what stands there may be damaged.
                tier.Replace(PackFormat.KeyOf(written.Digest), written.Path);
            }

            index.MoveChunks(written, [.. chunks.Select(chunk => chunk.Location)], lost, epoch);
            return written;
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    /// <summary>The stored bytes as they are: damage moves along, is found where it is now, and is no worse than before.</summary>
    public async ValueTask<StoredForm> CopyAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        var stored = new byte[chunk.Location.StoredLength];
        await tier.ReadAsync(PackFormat.KeyOf(chunk.Location.Pack), chunk.Location.Offset, stored, cancellationToken).ConfigureAwait(false);
        return new StoredForm(chunk.Location.Codec, chunk.Location.Base, stored);
    }

    private static async ValueTask<WrittenPack> WriteAsync(
        IReadOnlyList<PlacedChunk> chunks,
        Func<PlacedChunk, CancellationToken, ValueTask<StoredForm>> encode,
        string path,
        CancellationToken cancellationToken)
    {
        var writer = await PackWriter.CreateAsync(path, cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var chunk in chunks)
            {
                var form = await encode(chunk, cancellationToken).ConfigureAwait(false);
                await writer.AddAsync(chunk.Chunk, chunk.Location.Length, chunk.Location.Checksum, form.Codec, form.Base, form.Stored, cancellationToken).ConfigureAwait(false);
            }

            return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
