using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Reads a part of the content back, from where the last scrub ended, round and round: repeated parts are the whole. Each time round it also reads the
/// manifests. Works beside everything else; it is in an epoch for a few chunks at a time only.
/// </summary>
internal sealed class StoreScrubber(StoreIndex index, IStorageTier tier, ManifestStore manifests, ChunkReader chunks, StoreEpochs epochs, TimeProvider time)
{
    private const int Batch = 64;

    private readonly List<(Digest? Chunk, ContentCorruptedException Damage)> _damaged = [];
    private readonly List<VerificationProblem> _problems = [];
    private readonly long _started = time.GetTimestamp();
    private Digest? _pack;
    private int _manifestsChecked;
    private long _chunksChecked;
    private long _bytesChecked;

    public async ValueTask<VerificationReport> RunAsync(ScrubOptions options, CancellationToken cancellationToken)
    {
        var total = index.SumChunkLengths();
        var budget = Math.Min((long)Math.Ceiling(total * options.Share), options.MaxBytes ?? long.MaxValue);
        var first = index.GetScrubPlace();
        var (place, hasTurned) = (first, false);
        while (_bytesChecked < budget || total == 0)
        {
            using var epoch = await epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
            if (place == ChunkPlace.Start)
            {
                await CheckManifestsAsync(cancellationToken).ConfigureAwait(false);
            }

            var batch = index.ListChunksAfter(place, Batch);
            foreach (var (chunk, next) in batch.TakeWhile(next => _bytesChecked < budget && !(hasTurned && next.Place.CompareTo(first) > 0)))
            {
                await CheckAsync(chunk, next, cancellationToken).ConfigureAwait(false);
                options.Progress?.Report(new ScrubProgress(_bytesChecked, budget));
                await PaceAsync(options.BytesPerSecond, cancellationToken).ConfigureAwait(false);
                place = next;
            }

            index.SetScrubPlace(place);
            if (batch.Count > 0 && place == batch[^1].Place)
            {
                continue;
            }

            // The end of the last pack, or where this scrub began.
            if (hasTurned || batch.Count > 0 || first == ChunkPlace.Start)
            {
                break;
            }

            (place, hasTurned) = (ChunkPlace.Start, true);
        }

        if (place.CompareTo(ChunkPlace.Start) > 0 && index.ListChunksAfter(place, 1).Count == 0)
        {
            index.SetScrubPlace(ChunkPlace.Start);
        }

        return await ReportAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CheckManifestsAsync(CancellationToken cancellationToken)
    {
        foreach (var version in index.ListModels().GroupBy(model => model.Digest, model => model.Reference.ToString()))
        {
            _manifestsChecked++;
            try
            {
                await manifests.ReadAsync(version.Key, cancellationToken).ConfigureAwait(false);
            }
            catch (ContentCorruptedException exception)
            {
                _problems.Add(new VerificationProblem(exception.Location, exception.Message, [.. version]));
            }
        }
    }

    private async ValueTask CheckAsync(ChunkReference chunk, ChunkPlace place, CancellationToken cancellationToken)
    {
        if (_pack != place.Pack)
        {
            _pack = place.Pack;
            await TryAsync(null, () => CheckPackAsync(place.Pack, cancellationToken)).ConfigureAwait(false);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(chunk.Length);
        await TryAsync(chunk.Digest, () => chunks.VerifyAsync(chunk.Digest, buffer.AsMemory(0, chunk.Length), cancellationToken)).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(buffer);
        _chunksChecked++;
        _bytesChecked += chunk.Length;
    }

    private async ValueTask CheckPackAsync(Digest pack, CancellationToken cancellationToken)
    {
        var stored = (await new PackReader(tier).ReadIndexAsync(pack, cancellationToken).ConfigureAwait(false)).ToHashSet();
        if (index.ListChunks(pack).FirstOrDefault(entry => !stored.Contains(entry)) is { Length: > 0 } missing)
        {
            throw new ContentCorruptedException(missing.Chunk, PackFormat.KeyOf(pack), "the pack's index does not agree with the database about it");
        }
    }

    private async ValueTask TryAsync(Digest? chunk, Func<ValueTask> check)
    {
        try
        {
            await check().ConfigureAwait(false);
        }
        catch (ContentCorruptedException exception)
        {
            // What was moved or collected meanwhile is not there, and need not be.
            if (chunk is not null || (_pack is { } pack && index.HasPack(pack)))
            {
                _damaged.Add((chunk, exception));
            }
        }
    }

    // On average: what was slow before may be made up for.
    private async ValueTask PaceAsync(long? bytesPerSecond, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is { } rate)
        {
            var ahead = TimeSpan.FromSeconds((double)_bytesChecked / rate) - time.GetElapsedTime(_started);
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<VerificationReport> ReportAsync(CancellationToken cancellationToken)
    {
        var users = await new ChunkUsers(index, manifests).FindAsync([.. _damaged.Select(damage => damage.Chunk).OfType<Digest>()], cancellationToken).ConfigureAwait(false);
        foreach (var (chunk, damage) in _damaged)
        {
            _problems.Add(new VerificationProblem(damage.Location, damage.Message, chunk is { } needed ? users[needed] : []));
        }

        return new VerificationReport(_manifestsChecked, _chunksChecked, _bytesChecked, _problems);
    }
}
