using System.Buffers;
using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Enters into an index what the tier's objects say and it does not know: into an empty one, everything. Packs are hashed, since an index is made again just when
/// a disk is not to be trusted; damage is reported and does not stop it. Whoever runs it holds the store exclusively.
/// </summary>
internal sealed class IndexFiller(StoreIndex index, IStorageTier tier, ManifestStore manifests, NameStore names)
{
    private const int BufferLength = 1 << 20;

    private readonly ChunkReader _chunks = new(index, tier);
    private readonly List<VerificationProblem> _problems = [];
    private readonly List<Digest> _damagedPacks = [];
    private readonly List<(Digest Digest, long Length)> _manifests = [];
    private int _packs;

    /// <summary>Enters packs, manifests, names and tensors.</summary>
    public async ValueTask<IndexRebuildReport> RunAsync_NeedsLock(CancellationToken cancellationToken)
    {
        await EnterPacksAsync(cancellationToken).ConfigureAwait(false);
        await FindManifestsAsync(cancellationToken).ConfigureAwait(false);
        index.EnterManifests(_manifests);
        await FindDamageAsync(cancellationToken).ConfigureAwait(false);
        var (models, damaged) = await names.ListAsync(cancellationToken).ConfigureAwait(false);
        _problems.AddRange(damaged.Select(key => new VerificationProblem(key, "The name can't be read, and is left out. Import the model again under it, or delete the object.", [])));
        index.SetNames(models);
        await EnterTensorsAsync(models, cancellationToken).ConfigureAwait(false);
        foreach (var version in models.GroupBy(model => model.Digest))
        {
            await CheckAsync(version.Key, [.. version.Select(model => model.Reference.ToString())], cancellationToken).ConfigureAwait(false);
        }

        return new IndexRebuildReport(_packs, index.CountChunks(), _manifests.Count, models.Count, _problems);
    }

    private async ValueTask EnterPacksAsync(CancellationToken cancellationToken)
    {
        var known = index.ListPacks().Select(pack => pack.Digest).ToHashSet();
        using var filling = index.BeginFilling();
        foreach (var pack in await ListAsync("packs/", ".pack", cancellationToken).ConfigureAwait(false))
        {
            if (known.Contains(pack))
            {
                continue;
            }

            try
            {
                var entries = await new PackReader(tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false);
                var length = await tier.GetLengthAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false) ?? 0;
                var isIntact = await IsIntactAsync(pack, cancellationToken).ConfigureAwait(false);
                filling.Add(pack, length, isIntact, entries);
                _packs++;
                if (!isIntact)
                {
                    _damagedPacks.Add(pack);
                }
            }
            catch (ContentCorruptedException exception)
            {
                _problems.Add(new VerificationProblem(exception.Location, exception.Message + " The pack is left out.", []));
            }
        }

        filling.Complete();
    }

    private async ValueTask<bool> IsIntactAsync(Digest pack, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            long offset = 0;
            while (true)
            {
                var read = await tier.ReadAsync(PackFormat.KeyOf(pack), offset, buffer.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false);
                hash.AppendData(buffer.AsSpan(0, Math.Max(0, read)));
                if (read < BufferLength)
                {
                    return new Digest(hash.GetHashAndReset()) == pack;
                }

                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A pack with a readable index keeps what is still good of it; reading marks what is not.
    private async ValueTask FindDamageAsync(CancellationToken cancellationToken)
    {
        foreach (var pack in _damagedPacks)
        {
            var entries = index.ListChunks(pack);
            var unreadable = 0;
            foreach (var entry in entries)
            {
                unreadable += await IsReadableAsync(entry, cancellationToken).ConfigureAwait(false) ? 0 : 1;
            }

            _problems.Add(new VerificationProblem(
                PackFormat.KeyOf(pack),
                $"The pack's bytes have changed: {unreadable} of the {entries.Count} chunks that are taken from it can't be read. Import the models that need them again, and check the disk.",
                []));
        }
    }

    private async ValueTask<bool> IsReadableAsync(PackEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length is <= 0 or > PackFormat.MaxChunkLength)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(entry.Length);
        try
        {
            await _chunks.VerifyAsync(entry.Chunk, buffer.AsMemory(0, entry.Length), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ContentCorruptedException)
        {
            // The reader has marked it.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask FindManifestsAsync(CancellationToken cancellationToken)
    {
        var known = index.ListManifests().ToHashSet();
        foreach (var digest in await ListAsync("manifests/", ".json", cancellationToken).ConfigureAwait(false))
        {
            if (!known.Contains(digest) && await ReadAsync(digest, [], cancellationToken).ConfigureAwait(false) is { } manifest)
            {
                _manifests.Add((digest, manifest.TotalLength));
            }
        }
    }

    // The latest serve first as bases, and are entered last: what no name says the time of was there before all else.
    private async ValueTask EnterTensorsAsync(IEnumerable<ModelInfo> models, CancellationToken cancellationToken)
    {
        var times = models.GroupBy(model => model.Digest).ToDictionary(version => version.Key, version => version.Min(model => model.ImportedAt));
        foreach (var (digest, _) in _manifests.OrderBy(manifest => times.GetValueOrDefault(manifest.Digest)).ThenBy(manifest => manifest.Digest))
        {
            var manifest = await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
            index.EnterTensors(digest, await StoredTensors.ReadAsync(manifest, _chunks, cancellationToken).ConfigureAwait(false));
        }
    }

    // What can't be read for the lack of a base counts as damaged too, so that the next import stores it again.
    private async ValueTask CheckAsync(Digest version, string[] references, CancellationToken cancellationToken)
    {
        if (await ReadAsync(version, references, cancellationToken).ConfigureAwait(false) is not { } manifest)
        {
            return;
        }

        var chunks = manifest.Files.SelectMany(file => file.Chunks).Select(chunk => chunk.Digest).Distinct().ToList();
        var unreadable = chunks.Where(chunk => !IsReadable(chunk)).ToList();
        if (unreadable.Count > 0)
        {
            index.MarkSuspect(unreadable);
            _problems.Add(new VerificationProblem(
                ManifestSerializer.KeyOf(version),
                $"{unreadable.Count} of the model's {chunks.Count} chunks are missing or damaged. Import the model again.",
                references));
        }
    }

    private bool IsReadable(Digest chunk)
    {
        Digest? next = chunk;
        for (var depth = 0; next is { } current && depth <= ChunkBase.MaxReadDepth; depth++)
        {
            if (!index.HasSoundChunk(current))
            {
                return false;
            }

            next = index.FindChunk(current)?.Base?.Chunk;
        }

        return next is null;
    }

    private async ValueTask<ModelManifest?> ReadAsync(Digest digest, string[] references, CancellationToken cancellationToken)
    {
        try
        {
            return await manifests.ReadAsync(digest, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentCorruptedException exception)
        {
            // Found with no name at first, and again with those that it makes useless.
            _problems.RemoveAll(problem => problem.Location == exception.Location);
            _problems.Add(new VerificationProblem(exception.Location, exception.Message, references));
            return null;
        }
    }

    private async ValueTask<List<Digest>> ListAsync(string prefix, string suffix, CancellationToken cancellationToken)
    {
        var digests = new List<Digest>();
        await foreach (var stored in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (stored.Key.EndsWith(suffix, StringComparison.Ordinal)
                && Digest.TryParse($"sha256:{stored.Key[prefix.Length..^suffix.Length]}", null, out var digest))
            {
                digests.Add(digest);
            }
        }

        digests.Sort();
        return digests;
    }
}
