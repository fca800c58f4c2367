using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Reads everything back and writes damaged packs anew, with the chunks of theirs that are whole and, from another copy, those that are not. What the copy
/// lacks is quarantined: the index forgets it, so that the next import of it stores it again, and the damaged pack is moved aside.
/// </summary>
internal sealed class StoreRepairer(
    StoreDirectory directory,
    StoreIndex index,
    LocalObjects tier,
    ManifestStore manifests,
    ChunkReader chunks,
    ChunkCodecs codecs,
    LockWait wait)
{
    private readonly PackRewriter _rewriter = new(directory, index, tier, wait);
    private readonly List<VerificationProblem> _unrepaired = [];
    private CopiedChunks? _copy;
    private int _manifestsRepaired;
    private long _chunksRepaired;
    private int _packsRewritten;

    public async ValueTask<RepairReport> RunAsync_NeedsLock(IStorageTier? copy, long epoch, CancellationToken cancellationToken)
    {
        await RepairManifestsAsync(copy, cancellationToken).ConfigureAwait(false);

        // What stands behind a damaged base can be looked at only when the base is whole: each round brings the next.
        while (await RepairRoundAsync(copy, epoch, cancellationToken).ConfigureAwait(false))
        {
        }

        await ReportQuarantinedAsync(cancellationToken).ConfigureAwait(false);
        return new RepairReport(_manifestsRepaired, _chunksRepaired, _packsRewritten, _unrepaired);
    }

    private async ValueTask<bool> RepairRoundAsync(IStorageTier? copy, long epoch, CancellationToken cancellationToken)
    {
        var before = _chunksRepaired;
        var everything = index.ListPlacedChunks();
        var damaged = await FindDamagedAsync(everything, cancellationToken).ConfigureAwait(false);
        var packs = await FindDamagedPacksAsync(cancellationToken).ConfigureAwait(false);
        if (copy is not null && damaged.Count > 0)
        {
            _copy ??= await CopiedChunks.OpenAsync(copy, cancellationToken).ConfigureAwait(false);
        }

        foreach (var pack in everything.GroupBy(chunk => chunk.Location.Pack))
        {
            if (packs.Contains(pack.Key) || pack.Any(chunk => damaged.Contains(chunk.Chunk)))
            {
                await RepairAsync([.. pack], packs.Contains(pack.Key), damaged, epoch, cancellationToken).ConfigureAwait(false);
            }
        }

        return _chunksRepaired > before;
    }

    private async ValueTask RepairManifestsAsync(IStorageTier? copy, CancellationToken cancellationToken)
    {
        foreach (var version in index.ListModels().GroupBy(model => model.Digest, model => model.Reference.ToString()))
        {
            try
            {
                await manifests.ReadAsync(version.Key, cancellationToken).ConfigureAwait(false);
            }
            catch (ContentCorruptedException exception)
            {
                if (copy is not null && await new ManifestStore(copy).TryReadIntactAsync(version.Key, cancellationToken).ConfigureAwait(false) is { } json)
                {
                    using var commit = await FileLock.AcquireSharedAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false);
                    await manifests.PutAsync(version.Key, json, cancellationToken).ConfigureAwait(false);
                    _manifestsRepaired++;
                }
                else
                {
                    _unrepaired.Add(new VerificationProblem(exception.Location, exception.Message, [.. version]));
                }
            }
        }
    }

    // A chunk that only can't be decoded because its base is damaged is whole itself: who is named by the exception is damaged.
    private async ValueTask<HashSet<Digest>> FindDamagedAsync(List<PlacedChunk> everything, CancellationToken cancellationToken)
    {
        var damaged = new HashSet<Digest>();
        foreach (var chunk in everything)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(chunk.Location.Length);
            try
            {
                await chunks.VerifyAsync(chunk.Chunk, buffer.AsMemory(0, chunk.Location.Length), cancellationToken).ConfigureAwait(false);
            }
            catch (ContentCorruptedException exception)
            {
                damaged.Add(exception.Digest);

                // Behind a damaged base nobody knows how a chunk is; the copy may have it where it lacks the base.
                damaged.Add(chunk.Chunk);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return damaged;
    }

    private async ValueTask<HashSet<Digest>> FindDamagedPacksAsync(CancellationToken cancellationToken)
    {
        var damaged = new HashSet<Digest>();
        foreach (var (pack, _) in index.ListPacks())
        {
            try
            {
                var stored = (await new PackReader(tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false)).ToHashSet();
                if (!index.ListChunks(pack).TrueForAll(stored.Contains))
                {
                    damaged.Add(pack);
                }
            }
            catch (ContentCorruptedException)
            {
                damaged.Add(pack);
            }
        }

        return damaged;
    }

    private async ValueTask RepairAsync(List<PlacedChunk> pack, bool isIndexDamaged, HashSet<Digest> damaged, long epoch, CancellationToken cancellationToken)
    {
        var (kept, repaired, lost) = (new List<PlacedChunk>(), new HashSet<Digest>(), new List<PlacedChunk>());
        foreach (var chunk in pack)
        {
            if (!damaged.Contains(chunk.Chunk))
            {
                kept.Add(chunk);
            }
            else if (_copy is not null && await _copy.FindAsync(chunk.Chunk, cancellationToken).ConfigureAwait(false) is not null)
            {
                kept.Add(chunk);
                repaired.Add(chunk.Chunk);
            }
            else if (await IsWholeAsync(chunk, damaged, cancellationToken).ConfigureAwait(false))
            {
                kept.Add(chunk);
            }
            else
            {
                lost.Add(chunk);
            }
        }

        if (!isIndexDamaged && repaired.Count == 0 && lost.Count == 0)
        {
            return;
        }

        await _rewriter.MoveAsync(kept, lost, (chunk, token) => repaired.Contains(chunk.Chunk) ? RestoreAsync(chunk, token) : _rewriter.CopyAsync(chunk, token), epoch, cancellationToken)
            .ConfigureAwait(false);
        index.ClearSuspects(repaired);
        if (lost.Count > 0)
        {
            tier.TryMoveAside(PackFormat.KeyOf(pack[0].Location.Pack), directory.Quarantine);
        }

        _chunksRepaired += repaired.Count;
        _packsRewritten++;
    }

    // With its base damaged, a chunk's own stored bytes can't be told from damaged ones, and are kept for when the base is back.
    private async ValueTask<bool> IsWholeAsync(PlacedChunk chunk, HashSet<Digest> damaged, CancellationToken cancellationToken) =>
        chunk.Location.Base is { } needed
        && damaged.Contains(needed.Chunk)
        && await tier.GetLengthAsync(PackFormat.KeyOf(chunk.Location.Pack), cancellationToken).ConfigureAwait(false) >= chunk.Location.Offset + chunk.Location.StoredLength;

    private async ValueTask<StoredForm> RestoreAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        var (plain, form) = await _copy!.FindAsync(chunk.Chunk, cancellationToken).ConfigureAwait(false)
            ?? throw new ContentCorruptedException(chunk.Chunk, "the copy", "it was there a moment ago");

        // The same bytes as before give the pack its old name back. Another base may be one that this store does not have.
        if (form.Codec == chunk.Location.Codec && form.Base?.Chunk == chunk.Location.Base?.Chunk)
        {
            return form with { Base = chunk.Location.Base };
        }

        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = codecs.Encode(new ChunkContent(plain, ElementForm.Bytes), encoded, out var codec);
        return new StoredForm(codec, null, encoded.AsMemory(0, length));
    }

    private async ValueTask ReportQuarantinedAsync(CancellationToken cancellationToken)
    {
        var quarantined = index.ListQuarantined();
        var users = await new ChunkUsers(index, manifests).FindAsync(quarantined.Keys, cancellationToken).ConfigureAwait(false);
        foreach (var pack in quarantined.Where(chunk => users[chunk.Key].Count > 0).GroupBy(chunk => chunk.Value, chunk => chunk.Key))
        {
            _unrepaired.Add(new VerificationProblem(
                $"{directory.Quarantine}/{Path.GetFileName(PackFormat.KeyOf(pack.Key))}",
                $"{pack.Count()} chunks are damaged, and no copy has them, among them {pack.First()}. Import the models again, or repair from a copy that has them.",
                [.. pack.SelectMany(chunk => users[chunk]).Distinct().Order(StringComparer.Ordinal)]));
        }
    }
}
