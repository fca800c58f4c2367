using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Trust;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Gives back what no name refers to. It holds the store lock exclusively, so that no import counts on a chunk that is about to go. The index
/// forgets a thing before the disk does: a crash between the two leaves garbage, never a hole.
/// </summary>
internal sealed class GarbageCollector(
    StoreDirectory directory,
    StoreIndex index,
    LocalDirectoryTier tier,
    ManifestStore manifests,
    HotModels hot)
{
    // A pack that would be shorter than this share of its length is written anew without the rest.
    private const double SparseShare = 0.5;

    private readonly HashSet<Digest> _liveManifests = [];
    private readonly HashSet<Digest> _liveChunks = [];
    private int _manifestsRemoved;
    private int _packsRemoved;
    private int _packsRewritten;
    private int _hotModelsRemoved;
    private long _bytesFreed;

    public async ValueTask<GarbageCollectionReport> RunAsync_NeedsLock(CancellationToken cancellationToken)
    {
        directory.ClearStaging_NeedsLock();
        _bytesFreed += tier.ClearTemporary_NeedsLock();
        await MarkAsync(cancellationToken).ConfigureAwait(false);
        DropHotModels();
        await SweepManifestsAsync(cancellationToken).ConfigureAwait(false);
        await SweepPacksAsync(cancellationToken).ConfigureAwait(false);
        await SweepOrphansAsync(cancellationToken).ConfigureAwait(false);
        return new GarbageCollectionReport(_manifestsRemoved, _packsRemoved, _packsRewritten, _hotModelsRemoved, _bytesFreed);
    }

    private async ValueTask MarkAsync(CancellationToken cancellationToken)
    {
        foreach (var model in index.ListModels())
        {
            if (_liveManifests.Add(model.Digest))
            {
                // A damaged manifest throws here, before anything is deleted: without it nobody knows what is garbage.
                var manifest = await manifests.ReadAsync(model.Digest, cancellationToken).ConfigureAwait(false);
                foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
                {
                    MarkWithBases(chunk.Digest);
                }
            }
        }
    }

    // A chunk that is kept as a difference can be read only while its base can.
    private void MarkWithBases(Digest chunk)
    {
        for (Digest? next = chunk; next is { } live && _liveChunks.Add(live);)
        {
            next = index.FindChunk(live)?.Base?.Chunk;
        }
    }

    private void DropHotModels()
    {
        foreach (var digest in hot.List())
        {
            if (_liveManifests.Contains(digest))
            {
                hot.ClearDerived(digest);
            }
            else if (hot.TryDrop(digest) is { } bytes)
            {
                _hotModelsRemoved++;
                _bytesFreed += bytes;
            }
        }
    }

    private async ValueTask SweepManifestsAsync(CancellationToken cancellationToken)
    {
        foreach (var digest in index.ListManifests().Where(digest => !_liveManifests.Contains(digest)))
        {
            index.RemoveManifest(digest);
            _bytesFreed += await DeleteAsync(ManifestSerializer.KeyOf(digest), cancellationToken).ConfigureAwait(false);
            _manifestsRemoved++;
        }
    }

    private async ValueTask SweepPacksAsync(CancellationToken cancellationToken)
    {
        foreach (var (pack, length) in index.ListPacks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var live = index.ListChunks(pack).Where(entry => _liveChunks.Contains(entry.Chunk)).ToList();
            if (live.Count == 0)
            {
                index.RemovePack(pack);
                _bytesFreed += await DeleteAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false);
                _packsRemoved++;
            }
            else if (PackFormat.LengthOf(live) < length * SparseShare || await HasLostItsIndexAsync(pack, length, cancellationToken).ConfigureAwait(false))
            {
                await RewriteAsync(pack, live, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A disk has changed what the pack says of itself, and the database still knows where its chunks are: written anew, the pack says it again.
    private async ValueTask<bool> HasLostItsIndexAsync(Digest pack, long length, CancellationToken cancellationToken)
    {
        try
        {
            await new PackReader(tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (ContentCorruptedException)
        {
            return await tier.GetLengthAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false) == length;
        }
    }

    private async ValueTask RewriteAsync(Digest pack, IReadOnlyList<PackEntry> live, CancellationToken cancellationToken)
    {
        var staging = directory.CreateStaging();
        try
        {
            var written = await CopyAsync(pack, live, Path.Combine(staging, "0.pack"), cancellationToken).ConfigureAwait(false);
            tier.Adopt(PackFormat.KeyOf(written.Digest), written.Path);
            _packsRewritten++;
            if (written.Digest == pack)
            {
                return;
            }

            index.ReplacePack(pack, written);
            _bytesFreed += await DeleteAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false) - written.Length;
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    // The stored bytes move as they are: damage moves along, is found where it is now, and is no worse than before.
    private async ValueTask<WrittenPack> CopyAsync(Digest pack, IReadOnlyList<PackEntry> live, string path, CancellationToken cancellationToken)
    {
        var writer = await PackWriter.CreateAsync(path, cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var entry in live)
            {
                var stored = new byte[entry.StoredLength];
                await tier.ReadAsync(PackFormat.KeyOf(pack), entry.Offset, stored, cancellationToken).ConfigureAwait(false);
                await writer.AddAsync(entry.Chunk, entry.Length, entry.Checksum, entry.Codec, entry.Base, stored, cancellationToken).ConfigureAwait(false);
            }

            return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Objects that the index does not know: an import that crashed between writing them and entering them. A name that it does not know is one that
    // can't be read, for somebody to look at.
    private async ValueTask SweepOrphansAsync(CancellationToken cancellationToken)
    {
        var entered = index.ListManifests().ToHashSet();
        var known = index.ListPacks().Select(pack => PackFormat.KeyOf(pack.Digest))
            .Concat(entered.Select(ManifestSerializer.KeyOf))
            .ToHashSet(StringComparer.Ordinal);
        var orphans = new List<string>();
        await foreach (var stored in tier.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            if (!known.Contains(stored.Key) && !stored.Key.StartsWith(NameStore.Prefix, StringComparison.Ordinal)
                && !(SignatureStore.TryParse(stored.Key, out var signed, out _) && entered.Contains(signed)))
            {
                orphans.Add(stored.Key);
            }
        }

        foreach (var key in orphans)
        {
            _bytesFreed += await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<long> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var length = await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) ?? 0;
        await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        return length;
    }
}
