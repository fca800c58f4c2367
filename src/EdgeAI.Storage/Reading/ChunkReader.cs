using System.Buffers;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Reading;

/// <summary>Reads chunks. No byte leaves it that has not been compared with the chunk's name. Thread-safe.</summary>
internal sealed class ChunkReader(StoreIndex index, IStorageTier tier) : IChunkSource
{
    /// <inheritdoc/>
    public ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken) =>
        ReadAsync(chunk, plain, ChunkBase.MaxReadDepth, cancellationToken);

    private async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, int depth, CancellationToken cancellationToken)
    {
        var location = Find(chunk);
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

            await DecodeAsync(chunk, location, memory, plain, depth, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    private async ValueTask DecodeAsync(
        Digest chunk,
        ChunkLocation location,
        Memory<byte> stored,
        Memory<byte> plain,
        int depth,
        CancellationToken cancellationToken)
    {
        if (location.Base is not { } needed)
        {
            Decode(chunk, location, stored.Span, [], plain.Span);
            return;
        }

        if (depth == 0 || needed.Length is <= 0 or > PackFormat.MaxChunkLength)
        {
            throw Corrupted(chunk, location);
        }

        var baseline = ArrayPool<byte>.Shared.Rent(needed.Length);
        try
        {
            await ReadAsync(needed.Chunk, baseline.AsMemory(0, needed.Length), depth - 1, cancellationToken).ConfigureAwait(false);
            Decode(chunk, location, stored.Span, baseline.AsSpan(0, needed.Length), plain.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(baseline);
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

    private void Decode(Digest chunk, ChunkLocation location, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> baseline, Span<byte> plain)
    {
        if (location.Length != plain.Length || !ChunkCodecs.TryDecode(location.Codec, stored, baseline, plain) || Digest.Of(plain) != chunk)
        {
            plain.Clear();
            throw Corrupted(chunk, location);
        }
    }

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
