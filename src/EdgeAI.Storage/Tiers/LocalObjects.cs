using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Telemetry;

namespace EdgeAI.Storage.Tiers;

/// <summary>
/// The store's own objects on this machine's disks, as one tier: small ones in the store's directory, packs on the warm tier, and on the cold one those that were sent there. A pack that is moved is in two places for a
/// while and never in none. See the readme of Placement.
/// </summary>
internal sealed class LocalObjects : IStorageTier
{
    private const string PackPrefix = "packs/";
    private const string ColdName = "cold";

    // A pack may be moved between the look at one place and the look at the next, and moved back.
    private const int MaxLooks = 3;

    private readonly LocalDirectoryTier _home;
    private readonly LocalDirectoryTier _warm;
    private readonly LocalDirectoryTier? _cold;
    private readonly LocalDirectoryTier[] _packs;
    private readonly TierMarkers _markers;
    private IStorageTier[] _packReaders;

    /// <summary>Makes a tier over the directories of a store.</summary>
    public LocalObjects(StoreDirectory directory, TierMarkers markers)
    {
        _home = new LocalDirectoryTier(Name, directory.Objects, directory.SwapLock);
        _warm = directory.WarmObjects == directory.Objects ? _home : new LocalDirectoryTier("warm", directory.WarmObjects);
        _cold = directory.ColdObjects is { } cold ? new LocalDirectoryTier(ColdName, cold) : null;

        // Packs from before there was a warm tier of its own are in the store's directory.
        _packs = [.. new[] { _warm, _home, _cold }.OfType<LocalDirectoryTier>().Distinct()];
        _packReaders = _packs;
        _markers = markers;
    }

    /// <summary>Makes a tier over the directories of another store, for reading: what is written goes to its own directory.</summary>
    public LocalObjects(string name, string objects, IReadOnlyList<string> packs, TierMarkers markers)
    {
        Name = name;
        _home = _warm = new LocalDirectoryTier(name, objects);
        _packs = [_home, .. packs.Select(place => new LocalDirectoryTier(name, place))];
        _packReaders = _packs;
        _markers = markers;
    }

    public string Name { get; } = "local";

    /// <summary>Told of reads of packs.</summary>
    public TierTelemetry Telemetry { get; init; } = StorageTelemetry.Default.Tiers;

    public StorageTierProperties Properties => _home.Properties;

    public ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        WhereToWrite(key).PutAsync(key, content, cancellationToken);

    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var begun = Telemetry.Begin();
        if (!IsSpread(key))
        {
            var read = await _home.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
            NoteRead(key, Tier.Warm, begun, read);
            return read;
        }

        for (var look = 0; look < MaxLooks; look++)
        {
            foreach (var tier in _packReaders)
            {
                var read = await tier.ReadAsync(key, offset, destination, cancellationToken).ConfigureAwait(false);
                if (read >= 0)
                {
                    NoteRead(key, tier.Name == ColdName ? Tier.Cold : Tier.Warm, begun, read);
                    return read;
                }
            }
        }

        _markers.Require();
        return -1;
    }

    public async ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        if (!IsSpread(key))
        {
            return await _home.GetLengthAsync(key, cancellationToken).ConfigureAwait(false);
        }

        for (var look = 0; look < MaxLooks; look++)
        {
            foreach (var tier in _packs)
            {
                if (await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is { } length)
                {
                    return length;
                }
            }
        }

        _markers.Require();
        return null;
    }

    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in _home.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (!IsSpread(found.Key))
            {
                yield return found;
            }
        }

        if (_packs.Length == 1 || !(prefix.StartsWith(PackPrefix, StringComparison.Ordinal) || PackPrefix.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield break;
        }

        // What is not listed is missing to whoever asks.
        _markers.Require();
        foreach (var found in await ListPacksAsync(_packs, cancellationToken).ConfigureAwait(false))
        {
            if (found.Key.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return found;
            }
        }
    }

    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var wasThere = false;
        foreach (var tier in WhereToLook(key))
        {
            wasThere |= await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }

        return wasThere;
    }

    public ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        _home.CompareAndSwapAsync(key, expected, content, cancellationToken);

    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => _warm.GetCapacityAsync(cancellationToken);

    /// <inheritdoc cref="LocalDirectoryTier.Adopt"/>
    public void Adopt(string key, string file) => WhereToWrite(key).Adopt(key, file);

    /// <inheritdoc cref="LocalDirectoryTier.Replace"/>
    public void Replace(string key, string file) => WhereToWrite(key).Replace(key, file);

    /// <inheritdoc cref="LocalDirectoryTier.TryCopy"/>
    public bool TryCopy(string key, string file) => WhereToLook(key).Any(tier => tier.TryCopy(key, file));

    /// <inheritdoc cref="LocalDirectoryTier.TryOpen"/>
    public FileStream? TryOpen(string key) => WhereToLook(key).Select(tier => tier.TryOpen(key)).FirstOrDefault(file => file is not null);

    /// <summary>Moves an object out of the tier, from wherever it is.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryMoveAside(string key, string folder)
    {
        var wasThere = false;
        foreach (var tier in WhereToLook(key))
        {
            wasThere |= tier.TryMoveAside(key, folder);
        }

        return wasThere;
    }

    /// <inheritdoc cref="LocalDirectoryTier.ClearTemporary_NeedsLock"/>
    public long ClearTemporary_NeedsLock() => _packs.Append(_home).Distinct().Sum(tier => tier.ClearTemporary_NeedsLock());

    /// <summary>The packs that are on the cold tier and nowhere else.</summary>
    public async ValueTask<HashSet<string>> ListColdAsync(CancellationToken cancellationToken)
    {
        if (_cold is null)
        {
            return [];
        }

        _markers.Require();
        var cold = (await ListPacksAsync([_cold], cancellationToken).ConfigureAwait(false)).Select(found => found.Key).ToHashSet(StringComparer.Ordinal);
        cold.ExceptWith((await ListPacksAsync(_packs.Where(tier => tier != _cold), cancellationToken).ConfigureAwait(false)).Select(found => found.Key));
        return cold;
    }

    /// <summary>Puts something before the reading of packs, of the warm tier and of the cold one: what measures or slows it.</summary>
    public void DecoratePackReads(Func<Tier, IStorageTier, IStorageTier> decorate) =>
        _packReaders = [.. _packs.Select(tier => decorate(tier == _cold ? Tier.Cold : Tier.Warm, tier))];

    /// <summary>Moves a pack to the cold tier, or from there to the warm one. Its content is compared with its name before it counts there. Collections are kept away by the caller.</summary>
    /// <returns>The bytes that were moved, zero when it was there already; null when the pack is damaged, and stays.</returns>
    public async ValueTask<long?> MoveAsync_NeedsLock(Digest pack, Tier to, CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(pack);
        var target = to == Tier.Cold ? _cold! : _warm;
        _markers.Require();
        long moved = 0;
        if (await target.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) is null)
        {
            var source = TryOpen(key);
            if (source is null)
            {
                return 0;
            }

            await using (source.ConfigureAwait(false))
            {
                if (new Digest(await SHA256.HashDataAsync(source, cancellationToken).ConfigureAwait(false)) != pack)
                {
                    return null;
                }

                source.Position = 0;
                await target.PutAsync(key, source, cancellationToken).ConfigureAwait(false);
                moved = source.Length;
            }
        }

        foreach (var tier in _packs.Where(tier => tier != target))
        {
            await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }

        return moved;
    }

    /// <summary>Looks whether the disks of all tiers are there, before anything is written that shall go to one.</summary>
    /// <exception cref="StorageTierUnavailableException">One is not.</exception>
    public void RequireDisks() => _markers.Require();

    /// <summary>Compares a pack with its name.</summary>
    public async ValueTask<bool> IsIntactAsync(Digest pack, CancellationToken cancellationToken) =>
        await IsIntactAsync(TryOpen(PackFormat.KeyOf(pack)), pack, cancellationToken).ConfigureAwait(false);

    /// <summary>Puts a pack that was written elsewhere on the cold tier, and compares what is there with its name. The caller sees to it that nobody takes it for garbage.</summary>
    /// <exception cref="ContentCorruptedException">What was written does not come back.</exception>
    public async ValueTask AddColdAsync_NeedsLock(Digest pack, string file, CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(pack);
        _markers.Require();
        var content = File.OpenRead(file);
        await using (content.ConfigureAwait(false))
        {
            if (!await _cold!.PutAsync(key, content, cancellationToken).ConfigureAwait(false) && !await IsIntactAsync(_cold.TryOpen(key), pack, cancellationToken).ConfigureAwait(false))
            {
                await _cold.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
                content.Position = 0;
                await _cold.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
            }
        }

        if (!await IsIntactAsync(_cold.TryOpen(key), pack, cancellationToken).ConfigureAwait(false))
        {
            await _cold.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            throw new ContentCorruptedException(pack, key, "what was just written to the cold tier comes back otherwise: check its disk");
        }
    }

    private static async ValueTask<bool> IsIntactAsync(FileStream? content, Digest pack, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return false;
        }

        await using (content.ConfigureAwait(false))
        {
            return new Digest(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) == pack;
        }
    }

    private static async ValueTask<List<StorageObject>> ListPacksAsync(IEnumerable<LocalDirectoryTier> tiers, CancellationToken cancellationToken)
    {
        var packs = new Dictionary<string, StorageObject>(StringComparer.Ordinal);
        foreach (var tier in tiers)
        {
            await foreach (var found in tier.ListAsync(PackPrefix, cancellationToken).ConfigureAwait(false))
            {
                packs[found.Key] = found;
            }
        }

        return [.. packs.Values];
    }

    private void NoteRead(string key, Tier tier, long begun, int read)
    {
        if (read > 0 && key.StartsWith(PackPrefix, StringComparison.Ordinal))
        {
            Telemetry.End(tier == Tier.Cold ? "cold" : "warm", begun, read);
        }
    }

    private LocalDirectoryTier[] WhereToLook(string key) => IsSpread(key) ? _packs : [_home];

    private LocalDirectoryTier WhereToWrite(string key)
    {
        if (!IsSpread(key))
        {
            return _home;
        }

        // Without its disk, the directory would be made on another one.
        _markers.Require();
        return _warm;
    }

    private bool IsSpread(string key) => _packs.Length > 1 && key.StartsWith(PackPrefix, StringComparison.Ordinal);
}
