using System.Buffers;
using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Packs;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Fetches the chunks that a store lacks: ranges of packs, several at once, each chunk compared with its name before it is written. Memory is bounded: six ranges of at most 16 MiB and
/// three chunks that are decoded, with what they are decoded with.
/// </summary>
internal sealed partial class ClusterPull(
    ClusterReader clusters,
    ClusterMap map,
    StoreIndex index,
    IncomingPacks incoming,
    TensorSamples? samples,
    HotModels? hot,
    IProgress<PullProgress>? progress,
    ILogger logger) : IAsyncDisposable
{
    private const int Ranges = 6;
    private const int Decoders = 3;

    private readonly SemaphoreSlim _decoding = new(Decoders);
    private readonly HashSet<ChunkPlace> _bad = [];
    private readonly Lock _lock = new();
    private HotAhead? _ahead;
    private long _done;
    private long _total;

    /// <summary>Fetches what a model lacks.</summary>
    /// <exception cref="ContentCorruptedException">A chunk is nowhere, or damaged everywhere.</exception>
    /// <exception cref="ClusterUnavailableException">No cluster can be reached.</exception>
    public async ValueTask RunAsync(ModelReference model, Digest digest, PlacedManifest placed, CancellationToken cancellationToken)
    {
        var action = $"read '{model}'";
        try
        {
            await FetchAsync(digest, placed.Manifest, placed.Places, action, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StalePlacesException or ContentCorruptedException)
        {
            if (exception is StalePlacesException && await TryFetchUncachedAsync(digest, placed, action, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            LogWalk(logger, model, exception.Message);
            var places = await map.WalkAsync(_bad, action, cancellationToken).ConfigureAwait(false);
            try
            {
                await FetchAsync(digest, placed.Manifest, places, action, cancellationToken).ConfigureAwait(false);
            }
            catch (StalePlacesException stale)
            {
                throw exception as ContentCorruptedException
                    ?? new ContentCorruptedException(digest, action, $"the cluster lacks a part of it ({stale.Message.TrimEnd('.')})", stale);
            }
        }
    }

    /// <summary>Lays the model out on another thread, when that was begun, from what has come and is here.</summary>
    public Task LayOutAsync(Digest digest, CancellationToken cancellationToken) =>
        _ahead is null ? Task.CompletedTask : Task.Run(() => hot!.CompleteAsync(digest, _ahead, cancellationToken).AsTask(), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_ahead is not null)
        {
            await _ahead.DisposeAsync().ConfigureAwait(false);
        }

        _decoding.Dispose();
    }

    // A cache before the cluster may remember a plan that has given way to another one.
    private async ValueTask<bool> TryFetchUncachedAsync(Digest digest, PlacedManifest placed, string action, CancellationToken cancellationToken)
    {
        var now = await map.FindUncachedAsync(digest, action, cancellationToken).ConfigureAwait(false);
        if (now is null || (now.Places.Count == placed.Places.Count && !now.Places.Except(placed.Places).Any()))
        {
            return false;
        }

        try
        {
            await FetchAsync(digest, placed.Manifest, now.Places, action, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StalePlacesException)
        {
            return false;
        }
    }

    private async ValueTask FetchAsync(Digest digest, ModelManifest manifest, IReadOnlyDictionary<Digest, ChunkLocation> places, string action, CancellationToken cancellationToken)
    {
        var missing = new MissingChunks(index, incoming, places);
        var isAhead = hot is not null && _ahead is null;
        var graph = isAhead ? missing.Find(HotAhead.FirstOf(manifest)) : [];
        var rest = missing.Find(manifest.Files.SelectMany(file => file.Chunks));
        _total = _done + missing.Bytes;
        progress?.Report(new PullProgress(_done, _total));
        await FetchAsync(graph, action, cancellationToken).ConfigureAwait(false);
        if (isAhead)
        {
            _ahead = await hot!.TryBeginAsync(digest, manifest, incoming, missing.Chunks.ToHashSet(), cancellationToken).ConfigureAwait(false);
        }

        await FetchAsync(rest, action, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FetchAsync(IReadOnlyList<List<List<(Digest Chunk, ChunkLocation Place)>>> groups, string action, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Ranges, CancellationToken = cancellationToken };
        foreach (var ranges in groups)
        {
            await Parallel.ForEachAsync(ranges, options, (range, token) => FetchAsync(range, action, token)).ConfigureAwait(false);
        }
    }

    private async ValueTask FetchAsync(List<(Digest Chunk, ChunkLocation Place)> chunks, string action, CancellationToken cancellationToken)
    {
        var (first, last) = (chunks[0].Place, chunks[^1].Place);
        var key = PackFormat.KeyOf(first.Pack);
        var length = (int)(last.Offset + last.StoredLength - first.Offset);
        using var range = await clusters.ReadRangeAsync(key, first.Offset, length, isCached: true, [], action, cancellationToken).ConfigureAwait(false)
            ?? throw new StalePlacesException($"The pack {key} is missing or cut short.");
        foreach (var (chunk, place) in chunks)
        {
            var stored = range.Bytes.Slice((int)(place.Offset - first.Offset), place.StoredLength);
            if (!await TryAddAsync(chunk, place, stored, cancellationToken).ConfigureAwait(false))
            {
                LogDamaged(logger, range.From.Name, key, chunk);
                await FetchElsewhereAsync(chunk, place, range.From, action, cancellationToken).ConfigureAwait(false);
            }

            var done = Interlocked.Add(ref _done, place.StoredLength);
            progress?.Report(new PullProgress(done, _total));
        }
    }

    // From the other clusters, and once more from the same one: the damage may have happened on the way, or be a cache's, so that the clusters themselves are asked. A cache that is all that answers is asked again at last.
    private async ValueTask FetchElsewhereAsync(Digest chunk, ChunkLocation place, ClusterMember from, string action, CancellationToken cancellationToken)
    {
        var key = PackFormat.KeyOf(place.Pack);
        foreach (var (member, isCached) in clusters.Members.Where(member => member != from).Append(from).Select(member => (member, false)).Append((from, true)))
        {
            try
            {
                var others = clusters.Members.Where(other => other != member).ToList();
                using var range = await clusters.ReadRangeAsync(key, place.Offset, place.StoredLength, isCached, others, action, cancellationToken).ConfigureAwait(false) ?? default;
                if (range.Buffer is not null && await TryAddAsync(chunk, place, range.Bytes, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (ClusterUnavailableException)
            {
                // The others may have it.
            }
        }

        lock (_lock)
        {
            _bad.Add(new ChunkPlace(place.Pack, place.Offset));
        }

        throw new ContentCorruptedException(chunk, key, $"the bytes at {place.Offset} to {place.Offset + place.StoredLength} are damaged on every cluster that can be reached");
    }

    private async ValueTask<bool> TryAddAsync(Digest chunk, ChunkLocation place, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        var plain = ArrayPool<byte>.Shared.Rent(place.Length);
        var baseline = place.Base is { } based ? ArrayPool<byte>.Shared.Rent(based.Length) : null;
        try
        {
            if (place.Base is { } needed)
            {
                await incoming.ReadAsync(needed.Chunk, baseline.AsMemory(0, needed.Length), cancellationToken).ConfigureAwait(false);
            }

            if (!ChunkCodecs.TryDecode(place.Codec, stored.Span, baseline.AsSpan(0, place.Base?.Length ?? 0), plain.AsSpan(0, place.Length))
                || Digest.Of(plain.AsSpan(0, place.Length)) != chunk)
            {
                return false;
            }

            samples?.Take(chunk, plain.AsSpan(0, place.Length));
            _ahead?.Take(chunk, plain.AsSpan(0, place.Length));
            await incoming.AddAsync(chunk, place, XxHash3.HashToUInt64(plain.AsSpan(0, place.Length)), stored, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            if (baseline is not null)
            {
                ArrayPool<byte>.Shared.Return(baseline);
            }

            _decoding.Release();
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "The plan for {Model} does not hold, and the indexes of all packs are read: {Problem}")]
    private static partial void LogWalk(ILogger logger, ModelReference model, string problem);

    [LoggerMessage(3, LogLevel.Warning, "The cluster {Cluster} gave damaged bytes of {Key} for the chunk {Chunk}; nothing of them is kept.")]
    private static partial void LogDamaged(ILogger logger, string cluster, string key, Digest chunk);
}
