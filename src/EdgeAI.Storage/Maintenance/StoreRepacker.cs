using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Writes packs anew, beside readers and writers: long chains shorter, sparse packs without their garbage, small packs together, each in the order in which models are loaded. See
/// <see cref="PackRewriter"/> for what a crash leaves. One pack is written at a time.
/// </summary>
internal sealed class StoreRepacker(
    StoreDirectory directory,
    StoreIndex index,
    LocalObjects tier,
    ManifestStore manifests,
    ChunkReader chunks,
    ChunkCodecs codecs,
    StoreEpochs epochs,
    LockWait wait)
{
    // Merging two packs whenever a third comes would write the same bytes again and again.
    private const int MinMerged = 4;

    private readonly PackRewriter _rewriter = new(directory, index, tier, wait);
    private readonly HashSet<Digest> _packsRewritten = [];
    private int _packsWritten;
    private long _chunksRebased;
    private long _bytesWritten;

    public async ValueTask<RepackReport> RunAsync_NeedsLock(RepackOptions options, CancellationToken cancellationToken)
    {
        using (var epoch = await epochs.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            await RebaseAsync(options, epoch.Epoch, cancellationToken).ConfigureAwait(false);
            await RewriteAsync(options, epoch.Epoch, cancellationToken).ConfigureAwait(false);
        }

        if (_packsRewritten.Count > 0)
        {
            epochs.Advance_NeedsLock();
        }

        var sweeper = new ObjectSweeper(directory, index, tier, wait);
        await sweeper.RunAsync_NeedsLock(epochs.FindLastOver_NeedsLock(), cancellationToken).ConfigureAwait(false);
        return new RepackReport(_packsRewritten.Count, _packsWritten, _chunksRebased, _bytesWritten, sweeper.BytesFreed);
    }

    private async ValueTask RebaseAsync(RepackOptions options, long epoch, CancellationToken cancellationToken)
    {
        var places = index.ListPlacedChunks().ToDictionary(chunk => chunk.Chunk);
        var depths = new ChainDepths(index.ListBases());
        var rebaser = new ChunkRebaser(places, chunks, codecs, _rewriter, depths, options.MaxChainDepth);

        // The nearest first: when its turn comes, what a chunk is decoded with has its last form.
        var deep = new Queue<PlacedChunk>(places.Values.Where(chunk => !chunk.IsGarbage && depths.Of(chunk.Chunk) > options.MaxChainDepth).OrderBy(chunk => depths.Of(chunk.Chunk)));
        while (deep.Count > 0 && !IsSpent(options))
        {
            await MoveAsync(TakePack(deep, (options.MaxBytes ?? long.MaxValue) - _bytesWritten), rebaser.EncodeAsync, epoch, cancellationToken).ConfigureAwait(false);
        }

        _chunksRebased = rebaser.ChunksRebased;
    }

    private async ValueTask RewriteAsync(RepackOptions options, long epoch, CancellationToken cancellationToken)
    {
        var ranks = await new LoadOrder(index, manifests).FindAsync(cancellationToken).ConfigureAwait(false);
        var packs = index.ListPlacedChunks().GroupBy(chunk => chunk.Location.Pack).ToDictionary(pack => pack.Key, pack => pack.ToList());
        var lengths = index.ListPacks().ToDictionary(pack => pack.Digest, pack => pack.Length);
        var sparse = packs.Where(pack => LengthOf(pack.Value) < lengths[pack.Key] * options.MinLiveShare).Select(pack => pack.Key).ToHashSet();
        var small = packs.Where(pack => LengthOf(pack.Value) < options.MinPackLength).Select(pack => pack.Key).ToHashSet();
        var rewritten = small.Count >= MinMerged ? sparse.Union(small) : sparse;

        // Whole packs at a time, so that one is empty when its turn is over, whatever ends the repack.
        var group = new List<PlacedChunk>();
        foreach (var pack in rewritten.OrderBy(pack => packs[pack].Min(chunk => ranks.GetValueOrDefault(chunk.Chunk, int.MaxValue))).ThenBy(pack => pack))
        {
            if (LengthOf(group) + LengthOf(packs[pack]) > PackFormat.TargetLength)
            {
                await FlushAsync(group, sparse, ranks, epoch, cancellationToken).ConfigureAwait(false);
                if (IsSpent(options))
                {
                    return;
                }
            }

            group.AddRange(packs[pack]);
        }

        if (!IsSpent(options))
        {
            await FlushAsync(group, sparse, ranks, epoch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(
        List<PlacedChunk> group,
        HashSet<Digest> sparse,
        Dictionary<Digest, int> ranks,
        long epoch,
        CancellationToken cancellationToken)
    {
        // A small pack that is left alone gains nothing.
        var isWorthwhile = group.Exists(chunk => sparse.Contains(chunk.Location.Pack) || chunk.Location.Pack != group[0].Location.Pack);
        var ordered = group.OrderBy(chunk => ranks.GetValueOrDefault(chunk.Chunk, int.MaxValue)).ThenBy(chunk => chunk.Chunk).ToList();
        group.Clear();
        if (isWorthwhile)
        {
            await MoveAsync(ordered, _rewriter.CopyAsync, epoch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask MoveAsync(
        List<PlacedChunk> group,
        Func<PlacedChunk, CancellationToken, ValueTask<StoredForm>> encode,
        long epoch,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await _rewriter.MoveAsync(group, [], encode, epoch, cancellationToken).ConfigureAwait(false) is { } written)
        {
            _packsRewritten.UnionWith(group.Select(chunk => chunk.Location.Pack));
            _packsWritten++;
            _bytesWritten += written.Length;
        }
    }

    private bool IsSpent(RepackOptions options) => _bytesWritten >= options.MaxBytes;

    private static long LengthOf(List<PlacedChunk> pack) =>
        PackFormat.HeaderLength + PackFormat.TrailerLength + pack.Sum(chunk => (long)chunk.Location.StoredLength + PackFormat.EntryLength);

    private static List<PlacedChunk> TakePack(Queue<PlacedChunk> chunks, long maxLength)
    {
        var group = new List<PlacedChunk>();
        for (long length = 0; length < Math.Min(maxLength, PackFormat.TargetLength) && chunks.TryDequeue(out var chunk); length += chunk.Location.StoredLength)
        {
            group.Add(chunk);
        }

        return group;
    }
}
