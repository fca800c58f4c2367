using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Updates;

/// <summary>A pack that is not in the store yet: its chunks are decoded with each other, and with those of the store.</summary>
internal sealed class StagedPack(SafeFileHandle file, Digest digest, long length, ChunkReader chunks) : IChunkSource
{
    private readonly Dictionary<Digest, PackEntry> _entries = [];

    /// <summary>A pack that has been verified.</summary>
    public StagedPack(SafeFileHandle file, WrittenPack pack, ChunkReader chunks)
        : this(file, pack.Digest, pack.Length, chunks) => _entries = pack.Entries.ToDictionary(entry => entry.Chunk);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(chunk, out var entry))
        {
            (await DecodeAsync(entry, ChunkBase.MaxReadDepth, cancellationToken).ConfigureAwait(false)).CopyTo(plain);
        }
        else
        {
            await chunks.ReadAsync(chunk, plain, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Decodes every chunk and compares it with its name.</summary>
    /// <exception cref="ContentCorruptedException">A chunk, or the pack's index, is damaged.</exception>
    public async ValueTask<IReadOnlyList<PackEntry>> VerifyAsync(CancellationToken cancellationToken)
    {
        var entries = await PackReader.ReadIndexAsync(digest, length, ReadAsync, cancellationToken).ConfigureAwait(false);
        foreach (var entry in entries)
        {
            if (!_entries.TryAdd(entry.Chunk, entry) || !IsPossible(entry))
            {
                throw Damaged(entry.Chunk);
            }
        }

        foreach (var entry in entries)
        {
            await DecodeAsync(entry, ChunkBase.MaxReadDepth, cancellationToken).ConfigureAwait(false);
        }

        return entries;
    }

    private bool IsPossible(in PackEntry entry) =>
        entry.Length is > 0 and <= PackFormat.MaxChunkLength
        && entry.StoredLength is >= 0 and <= PackFormat.MaxChunkLength
        && entry.Offset >= 0
        && entry.Offset <= length - entry.StoredLength
        && (entry.Base is null || (entry.Base.Value.Length is > 0 and <= PackFormat.MaxChunkLength && entry.Base.Value.Depth <= ChunkBase.MaxReadDepth));

    private async ValueTask<byte[]> DecodeAsync(PackEntry entry, int depth, CancellationToken cancellationToken)
    {
        var stored = new byte[entry.StoredLength];
        if (depth < 0 || await ReadAsync(entry.Offset, stored, cancellationToken).ConfigureAwait(false) != stored.Length)
        {
            throw Damaged(entry.Chunk);
        }

        var baseline = entry.Base is { } needed ? await ReadBaseAsync(needed, depth, cancellationToken).ConfigureAwait(false) : [];
        var plain = new byte[entry.Length];
        return ChunkCodecs.TryDecode(entry.Codec, stored, baseline, plain) && Digest.Of(plain) == entry.Chunk
            && XxHash3.HashToUInt64(plain) == entry.Checksum
            ? plain
            : throw Damaged(entry.Chunk);
    }

    private async ValueTask<byte[]> ReadBaseAsync(ChunkBase needed, int depth, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(needed.Chunk, out var entry))
        {
            return await DecodeAsync(entry, depth - 1, cancellationToken).ConfigureAwait(false);
        }

        var plain = new byte[needed.Length];
        await chunks.ReadAsync(needed.Chunk, plain, cancellationToken).ConfigureAwait(false);
        return plain;
    }

    private async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        await RandomAccess.ReadAsync(file, destination, offset, cancellationToken).ConfigureAwait(false);

    private static ContentCorruptedException Damaged(Digest chunk) => new(chunk, "the archive", "it does not decode to what its name says");
}
