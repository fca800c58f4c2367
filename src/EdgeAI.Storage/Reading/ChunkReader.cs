using System.Buffers;
using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Reading;

/// <summary>
/// Reads chunks. No byte leaves it that has not been compared: with the checksum that was taken when the bytes were compared with their name, or, where that does
/// not agree, with the name. Of the chunks that another is decoded with only the result is compared. Thread-safe.
/// </summary>
/// <param name="index">Where chunks are.</param>
/// <param name="tier">Where packs are.</param>
/// <param name="comparesNames">Whether names are compared always: a checksum guards against a failing disk, not against somebody who changes it too.</param>
/// <param name="bases">Chunks in memory that others may be decoded with; null for none.</param>
internal sealed class ChunkReader(StoreIndex index, IStorageTier tier, bool comparesNames = false, ChunkCache? bases = null) : IChunkSource
{
    // Reads bases for the cache, past it.
    private readonly ChunkReader? _plain = bases is null ? null : new ChunkReader(index, tier, comparesNames);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
    {
        var location = Find(chunk);
        if (!await TryDecodeAsync(chunk, location, plain, ChunkBase.MaxReadDepth, isCompared: false, cancellationToken).ConfigureAwait(false)
            || ((comparesNames || XxHash3.HashToUInt64(plain.Span) != location.Checksum) && Digest.Of(plain.Span) != chunk))
        {
            // Somewhere in the chain is damage; comparing each with its name tells where.
            await VerifyAsync(chunk, plain, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a chunk, and compares it and all that it is decoded with with their names.</summary>
    /// <param name="chunk">Which chunk.</param>
    /// <param name="plain">Exactly as long as the chunk.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ContentCorruptedException">The chunk, or one that it needs, is missing or damaged.</exception>
    public ValueTask VerifyAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken) =>
        VerifyAsync(chunk, plain, ChunkBase.MaxReadDepth, cancellationToken);

    private async ValueTask VerifyAsync(Digest chunk, Memory<byte> plain, int depth, CancellationToken cancellationToken)
    {
        var location = Find(chunk);
        if (!await TryDecodeAsync(chunk, location, plain, depth, isCompared: true, cancellationToken).ConfigureAwait(false) || Digest.Of(plain.Span) != chunk)
        {
            plain.Span.Clear();
            throw Corrupted(chunk, location);
        }
    }

    private async ValueTask<bool> TryDecodeAsync(
        Digest chunk,
        ChunkLocation location,
        Memory<byte> plain,
        int depth,
        bool isCompared,
        CancellationToken cancellationToken)
    {
        if (location.Length != plain.Length)
        {
            return false;
        }

        var stored = ArrayPool<byte>.Shared.Rent(location.StoredLength);
        try
        {
            var memory = stored.AsMemory(0, location.StoredLength);
            if (!await TryReadStoredAsync(location, memory, cancellationToken).ConfigureAwait(false))
            {
                // A repack may have moved the chunk between the look-up and the read; the index knows where.
                location = Find(chunk);
                memory = memory.Length == location.StoredLength ? memory : new byte[location.StoredLength];
                if (!await TryReadStoredAsync(location, memory, cancellationToken).ConfigureAwait(false))
                {
                    throw new ContentCorruptedException(chunk, PackFormat.KeyOf(location.Pack), "the pack is missing or cut short");
                }
            }

            return location.Base is { } needed
                ? await TryDecodeAsync(location, needed, memory, plain, depth, isCompared, cancellationToken).ConfigureAwait(false)
                : ChunkCodecs.TryDecode(location.Codec, memory.Span, [], plain.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    private async ValueTask<bool> TryDecodeAsync(
        ChunkLocation location,
        ChunkBase needed,
        Memory<byte> stored,
        Memory<byte> plain,
        int depth,
        bool isCompared,
        CancellationToken cancellationToken)
    {
        if (depth == 0 || needed.Length is <= 0 or > PackFormat.MaxChunkLength)
        {
            return false;
        }

        if (!isCompared && bases?.Find(new ChunkReference(needed.Chunk, needed.Length), isPull: false, _plain!) is { } kept)
        {
            var content = await kept.WaitAsync(cancellationToken).ConfigureAwait(false);
            return ChunkCodecs.TryDecode(location.Codec, stored.Span, content.Span, plain.Span);
        }

        var rented = ArrayPool<byte>.Shared.Rent(needed.Length);
        try
        {
            var baseline = rented.AsMemory(0, needed.Length);
            if (isCompared)
            {
                await VerifyAsync(needed.Chunk, baseline, depth - 1, cancellationToken).ConfigureAwait(false);
            }
            else if (!await TryDecodeAsync(needed.Chunk, Find(needed.Chunk), baseline, depth - 1, isCompared, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            return ChunkCodecs.TryDecode(location.Codec, stored.Span, baseline.Span, plain.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private ChunkLocation Find(Digest chunk)
    {
        var location = index.FindChunk(chunk) ?? throw new ContentCorruptedException(chunk, "index.db", "the chunk is not in the store");
        return location.StoredLength is >= 0 and <= PackFormat.MaxChunkLength && location.Offset >= 0
            ? location
            : throw new ContentCorruptedException(chunk, "index.db", "the chunk's place is impossible");
    }

    private async ValueTask<bool> TryReadStoredAsync(ChunkLocation location, Memory<byte> stored, CancellationToken cancellationToken) =>
        await tier.ReadAsync(PackFormat.KeyOf(location.Pack), location.Offset, stored, cancellationToken).ConfigureAwait(false) == stored.Length;

    private ContentCorruptedException Corrupted(Digest chunk, ChunkLocation location)
    {
        SqliteException? failure = null;
        try
        {
            index.MarkSuspect(chunk);
        }
        catch (SqliteException exception)
        {
            // The index may be on the same failing or read-only disk; the damage is what the caller must hear of.
            failure = exception;
        }

        return new ContentCorruptedException(
            chunk,
            PackFormat.KeyOf(location.Pack),
            $"the bytes at {location.Offset} to {location.Offset + location.StoredLength} are not what was stored",
            failure);
    }
}
