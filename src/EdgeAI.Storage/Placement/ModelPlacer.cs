using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Placement;

/// <summary>Moves models between tiers by age, room and use. See the readme beside.</summary>
internal sealed class ModelPlacer(
    StoreIndex index,
    LocalObjects objects,
    ManifestStore manifests,
    HotModels hot,
    HotRoom? room,
    PinnedModels pins,
    UseLog uses,
    LearnedPolicy? policy,
    TiersOptions options,
    PackCompressor? compressor,
    TimeProvider time)
{
    private readonly List<string> _damaged = [];
    private Dictionary<Digest, DateTimeOffset> _lastUsed = [];
    private HashSet<Digest> _pinned = [];
    private int _dropped;
    private int _demoted;
    private int _promoted;
    private long _moved;

    /// <summary>When room was made last; what was not used since is not brought back for having room.</summary>
    public DateTimeOffset? RoomMadeAt { get; init; }

    /// <summary>Makes room: hot files go first, the longest unused before the others, then packs to the cold tier if there is one. Collections are kept away by the caller.</summary>
    public async ValueTask<StorageRoom> MakeRoomAsync_NeedsLock(long bytes, CancellationToken cancellationToken)
    {
        _lastUsed = FindLastUses(index.ListModels(), uses.Read().Uses, time.GetUtcNow());
        _pinned = await pins.FindAsync(cancellationToken).ConfigureAwait(false);
        long freed = 0;
        foreach (var model in hot.List().Where(model => !_pinned.Contains(model)).OrderBy(LastUseOf))
        {
            if (freed >= bytes)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var dropped = hot.TryDrop(model) ?? 0;
            freed += dropped;
            _dropped += dropped > 0 ? 1 : 0;
        }

        if (options.Cold.Directory is not null && freed < bytes)
        {
            var packs = await FindPacksAsync(cancellationToken).ConfigureAwait(false);
            var isCold = await objects.ListColdAsync(cancellationToken).ConfigureAwait(false);
            foreach (var (pack, use) in packs.Where(pack => !pack.Value.IsPinned && !isCold.Contains(PackFormat.KeyOf(pack.Key))).OrderBy(pack => pack.Value.LastUsed))
            {
                if (freed >= bytes)
                {
                    break;
                }

                if (await MoveAsync(pack, Tier.Cold, cancellationToken).ConfigureAwait(false))
                {
                    _demoted++;
                    freed += use.Length;
                }
            }
        }

        return new StorageRoom(_dropped, _demoted, freed);
    }

    /// <summary>Moves what is not where it should be. Collections are kept away by the caller.</summary>
    public async ValueTask<PlacementReport> RunAsync_NeedsLock(CancellationToken cancellationToken)
    {
        _lastUsed = FindLastUses(index.ListModels(), uses.Read().Uses, time.GetUtcNow());
        _pinned = await pins.FindAsync(cancellationToken).ConfigureAwait(false);
        DropOld(cancellationToken);
        _dropped += room is null ? 0 : await room.MakeAsync(null, 0, cancellationToken).ConfigureAwait(false);
        if (options.Cold.Directory is not null)
        {
            await MovePacksAsync(cancellationToken).ConfigureAwait(false);
        }

        return new PlacementReport(_dropped, _demoted, _promoted, _moved, _damaged) { BytesSaved = compressor?.BytesSaved ?? 0 };
    }

    /// <summary>When each version was last used; an import counts as a use, and a clock that was set back makes nothing newer than now.</summary>
    public static Dictionary<Digest, DateTimeOffset> FindLastUses(IEnumerable<ModelInfo> models, IEnumerable<UseRecord> uses, DateTimeOffset now) => models
        .Select(model => (model.Digest, At: model.ImportedAt))
        .Concat(uses.Select(use => (Digest: use.Model, use.At)))
        .GroupBy(use => use.Digest, use => use.At < now ? use.At : now)
        .ToDictionary(model => model.Key, model => model.Max());

    private void DropOld(CancellationToken cancellationToken)
    {
        if (options.Lifecycle.Count == 0)
        {
            return;
        }

        var after = options.Lifecycle.Min(rule => rule.After);
        foreach (var model in hot.List().Where(model => !_pinned.Contains(model) && IsOld(LastUseOf(model), after)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _dropped += hot.TryDrop(model) is > 0 ? 1 : 0;
        }
    }

    private async ValueTask MovePacksAsync(CancellationToken cancellationToken)
    {
        var packs = await FindPacksAsync(cancellationToken).ConfigureAwait(false);
        var isCold = await objects.ListColdAsync(cancellationToken).ConfigureAwait(false);
        var shouldBeCold = ChooseCold(packs);

        // Room first, then those who need it, the most used before the others.
        foreach (var (pack, _) in packs.Where(pack => shouldBeCold.Contains(pack.Key) && !isCold.Contains(PackFormat.KeyOf(pack.Key))))
        {
            _demoted += await MoveAsync(pack, Tier.Cold, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        foreach (var (pack, _) in packs.Where(pack => !(pack.Value.LastUsed <= RoomMadeAt) && !shouldBeCold.Contains(pack.Key) && isCold.Contains(PackFormat.KeyOf(pack.Key))).OrderByDescending(pack => pack.Value.Rank))
        {
            _promoted += await MoveAsync(pack, Tier.Warm, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }
    }

    private async ValueTask<bool> MoveAsync(Digest pack, Tier to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (to == Tier.Cold && compressor is not null && await compressor.TryDemoteAsync_NeedsLock(pack, cancellationToken).ConfigureAwait(false) is { } written)
        {
            _moved += written;
            return true;
        }

        if (await objects.MoveAsync_NeedsLock(pack, to, cancellationToken).ConfigureAwait(false) is not { } moved)
        {
            _damaged.Add(PackFormat.KeyOf(pack));
            return false;
        }

        _moved += moved;
        return moved > 0;
    }

    private HashSet<Digest> ChooseCold(Dictionary<Digest, PackUse> packs)
    {
        var coldAfter = options.Lifecycle.Where(rule => rule.To == Tier.Cold).Select(rule => (TimeSpan?)rule.After).Min();
        var cold = packs.Where(pack => !pack.Value.IsPinned && coldAfter is { } after && IsOld(pack.Value.LastUsed, after)).Select(pack => pack.Key).ToHashSet();
        if (options.Warm.Capacity is { } capacity)
        {
            var left = ByteSize.Parse(capacity).Bytes;
            foreach (var (pack, use) in packs.OrderByDescending(pack => pack.Value.IsPinned).ThenByDescending(pack => pack.Value.Rank).ThenBy(pack => pack.Key))
            {
                if (!cold.Contains(pack) && (left -= use.Length) < 0 && !use.IsPinned)
                {
                    cold.Add(pack);
                    left += use.Length;
                }
            }
        }

        return cold;
    }

    // Packs that no model needs are left to the next collection.
    private async ValueTask<Dictionary<Digest, PackUse>> FindPacksAsync(CancellationToken cancellationToken)
    {
        var places = index.ListPlacedChunks().ToDictionary(chunk => chunk.Chunk, chunk => chunk.Location.Pack);
        var lengths = index.ListPacks().ToDictionary(pack => pack.Digest, pack => pack.Length);
        var bases = index.ListBases();
        var packs = new Dictionary<Digest, PackUse>();
        var rank = 0;
        foreach (var model in Order(index.ListModels().Select(model => model.Digest).Distinct()))
        {
            rank++;
            if (await manifests.TryReadIntactAsync(model, cancellationToken).ConfigureAwait(false) is not { } json)
            {
                continue;
            }

            var use = new PackUse(0, rank, LastUseOf(model), _pinned.Contains(model));
            foreach (var chunk in ChunkUsers.FindNeeded(ManifestSerializer.Deserialize(model, json), bases))
            {
                if (places.TryGetValue(chunk, out var pack) && lengths.TryGetValue(pack, out var length))
                {
                    packs[pack] = packs.TryGetValue(pack, out var other) ? other.With(use) : use with { Length = length };
                }
            }
        }

        return packs;
    }

    private IReadOnlyList<Digest> Order(IEnumerable<Digest> models) => policy is null ? [.. models.OrderBy(LastUseOf)] : policy.Order(models);

    private DateTimeOffset LastUseOf(Digest model) => _lastUsed.GetValueOrDefault(model, DateTimeOffset.MinValue);

    private bool IsOld(DateTimeOffset lastUsed, TimeSpan after) => time.GetUtcNow() - lastUsed >= after;
}
