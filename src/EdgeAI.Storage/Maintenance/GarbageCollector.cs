using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Gives back what no name refers to, beside readers and writers: it marks first, and deletes what was marked once the epoch of the mark is over for everybody.
/// The index forgets a thing before the disk does: a crash between the two leaves garbage, never a hole. See the readme beside.
/// </summary>
internal sealed class GarbageCollector(
    StoreDirectory directory,
    StoreIndex index,
    LocalObjects tier,
    ManifestStore manifests,
    NameStore names,
    HotModels hot,
    StoreEpochs epochs,
    ClusterChange outgoing,
    LockWait wait)
{
    // A pack that would be shorter than this share of its length is written anew without the rest.
    private const double SparseShare = 0.5;

    // As long as unfinished hot folders are kept: whoever was interrupted may come back.
    private static readonly TimeSpan DownloadsKept = TimeSpan.FromDays(7);

    private readonly GarbageMarker _marker = new(index, manifests);
    private int _manifestsRemoved;
    private int _packsRewritten;
    private int _hotModelsRemoved;
    private long _bytesFreed;

    public async ValueTask<GarbageCollectionReport> RunAsync_NeedsLock(CancellationToken cancellationToken)
    {
        await MarkAsync(cancellationToken).ConfigureAwait(false);
        DropHotModels();
        var packsRemoved = index.SweepGarbage(epochs.FindLastOver_NeedsLock());
        await RewriteSparsePacksAsync(cancellationToken).ConfigureAwait(false);

        var lastOver = epochs.FindLastOver_NeedsLock();
        var sweeper = new ObjectSweeper(directory, index, tier, wait);
        await sweeper.RunAsync_NeedsLock(lastOver, cancellationToken).ConfigureAwait(false);
        directory.ClearStaging(lastOver);
        directory.ClearDownloads(wait.Time.GetUtcNow() - DownloadsKept);
        return new GarbageCollectionReport(_manifestsRemoved, packsRemoved, _packsRewritten, _hotModelsRemoved, _bytesFreed + sweeper.BytesFreed)
        {
            BytesPending = index.SumMarkedBytes() + sweeper.BytesPending,
        };
    }

    private async ValueTask MarkAsync(CancellationToken cancellationToken)
    {
        var candidates = index.ListUnmarkedChunks();
        await _marker.FindLiveAsync(cancellationToken).ConfigureAwait(false);
        using (await FileLock.AcquireExclusiveAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false))
        {
            await FinishNamingAsync_NeedsCommitLock(cancellationToken).ConfigureAwait(false);
            _manifestsRemoved = await _marker.MarkAsync_NeedsCommitLock(candidates, epochs.Current, cancellationToken).ConfigureAwait(false);
        }

        epochs.Advance_NeedsLock();
    }

    // Nobody sets a name while the collection has the commit lock: what is noted is of processes that died. The object is the truth, and all that it needs is in the index.
    private async ValueTask FinishNamingAsync_NeedsCommitLock(CancellationToken cancellationToken)
    {
        foreach (var model in index.ListNaming())
        {
            if (await names.ReadAsync(model, cancellationToken).ConfigureAwait(false) is { } named)
            {
                index.SetName(named, index.FindModel(model) == named ? outgoing with { To = [] } : outgoing);
            }
            else
            {
                index.EndNaming(model);
            }
        }
    }

    private void DropHotModels()
    {
        _bytesFreed += hot.ClearUnfinished(_marker.LiveManifests);
        foreach (var digest in hot.List())
        {
            if (_marker.LiveManifests.Contains(digest))
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

    private async ValueTask RewriteSparsePacksAsync(CancellationToken cancellationToken)
    {
        var rewriter = new PackRewriter(directory, index, tier, wait);
        using (var epoch = await epochs.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var (pack, length) in index.ListPacks())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var entries = index.ListChunks(pack);
                if (PackFormat.LengthOf(entries) < length * SparseShare || await HasLostItsIndexAsync(pack, length, cancellationToken).ConfigureAwait(false))
                {
                    var chunks = entries.Select(entry => new PlacedChunk(entry.Chunk, entry.In(pack))).ToList();
                    var written = await rewriter.MoveAsync(chunks, [], rewriter.CopyAsync, epoch.Epoch, cancellationToken).ConfigureAwait(false);
                    _bytesFreed -= written?.Length ?? 0;
                    _packsRewritten++;
                }
            }
        }

        if (_packsRewritten > 0)
        {
            epochs.Advance_NeedsLock();
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
}
