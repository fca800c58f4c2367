using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// Writes a pack anew, shorter, on its way to the cold tier. Each chunk that stands by itself is encoded with a search, decoded again and compared; the new pack is on the cold disk, compared with its name, before the
/// index takes the chunks from there; the old one is retired. One chunk is in memory at a time. See the readme.
/// </summary>
/// <param name="directory">The store's directory.</param>
/// <param name="index">Where chunks are.</param>
/// <param name="objects">The store's objects.</param>
/// <param name="chunks">Reads chunks.</param>
/// <param name="wait">How long is waited for the moment in which the index changes.</param>
/// <param name="epoch">The epoch that the caller is in.</param>
/// <param name="bytesPerSecond">How much content is encoded in a second on average; null for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class PackCompressor(
    StoreDirectory directory,
    StoreIndex index,
    LocalObjects objects,
    ChunkReader chunks,
    LockWait wait,
    long epoch,
    long? bytesPerSecond,
    TimeProvider time)
{
    private const int Level = 19;

    // A pack that shrinks by less than this is moved as it is.
    private const double Pays = 0.99;

    private static readonly ChunkCodecs Codecs = new(Level, searches: true);

    private readonly long _started = time.GetTimestamp();
    private HashSet<Digest>? _searched;
    private long _encoded;

    /// <summary>How many bytes fewer the packs have that were written anew.</summary>
    public long BytesSaved { get; private set; }

    /// <summary>Writes a pack anew on the cold tier, if that pays.</summary>
    /// <returns>The new pack's length; null when it does not pay, was found out before, or the pack is damaged: then it is to be moved as it is.</returns>
    public async ValueTask<long?> TryDemoteAsync_NeedsLock(Digest pack, CancellationToken cancellationToken)
    {
        _searched ??= index.ListSearched();
        var entries = _searched.Contains(pack) ? [] : index.ListChunks(pack);
        if (entries.Count == 0
            || await objects.GetLengthAsync(PackFormat.KeyOf(pack), cancellationToken).ConfigureAwait(false) is not { } length
            || !await objects.IsIntactAsync(pack, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        objects.RequireDisks();
        var staging = directory.CreateStaging(epoch);
        try
        {
            var written = await TryWriteAsync(pack, entries, Path.Combine(staging, "0.pack"), cancellationToken).ConfigureAwait(false);
            if (written is null)
            {
                return null;
            }

            if (written.Length >= Pays * length)
            {
                index.AddSearched(pack);
                return null;
            }

            using var commit = await FileLock.AcquireSharedAsync(directory.CommitLock, wait, cancellationToken).ConfigureAwait(false);
            await objects.AddColdAsync_NeedsLock(written.Digest, written.Path, cancellationToken).ConfigureAwait(false);
            index.MoveChunks(written, [.. entries.Select(entry => entry.In(pack))], [], epoch);
            index.AddSearched(written.Digest);
            BytesSaved += length - written.Length;
            return written.Length;
        }
        finally
        {
            StoreDirectory.DeleteStaging(staging);
        }
    }

    private async ValueTask<WrittenPack?> TryWriteAsync(Digest pack, List<PackEntry> entries, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(pack, entries, path, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentCorruptedException)
        {
            // Its reader has marked what is damaged; moving the pack as it is makes it no worse.
            return null;
        }
    }

    private async ValueTask<WrittenPack> WriteAsync(Digest pack, List<PackEntry> entries, string path, CancellationToken cancellationToken)
    {
        var writer = await PackWriter.CreateAsync(path, cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var form = await EncodeAsync(pack, entry, cancellationToken).ConfigureAwait(false);
                await writer.AddAsync(entry.Chunk, entry.Length, entry.Checksum, form.Codec, form.Base, form.Stored, cancellationToken).ConfigureAwait(false);
                await PaceAsync(cancellationToken).ConfigureAwait(false);
            }

            return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // A difference from another chunk is coded in its own contexts already, and stays.
    private async ValueTask<StoredForm> EncodeAsync(Digest pack, PackEntry entry, CancellationToken cancellationToken)
    {
        var stored = new byte[entry.StoredLength];
        if (await objects.ReadAsync(PackFormat.KeyOf(pack), entry.Offset, stored, cancellationToken).ConfigureAwait(false) != stored.Length)
        {
            throw new ContentCorruptedException(entry.Chunk, PackFormat.KeyOf(pack), "the pack is cut short");
        }

        var kept = new StoredForm(entry.Codec, entry.Base, stored);
        if (entry.Codec is not (ChunkCodecs.RawId or PlaneCodec.Id))
        {
            return kept;
        }

        var plain = new byte[entry.Length];
        await chunks.VerifyAsync(entry.Chunk, plain, cancellationToken).ConfigureAwait(false);
        _encoded += plain.Length;
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = Codecs.Encode(new ChunkContent(plain, entry.Codec == PlaneCodec.Id ? PlaneCodec.ReadForm(stored) : ElementForm.Bytes), encoded, out var codec);
        return length < stored.Length && IsWhole(codec, encoded.AsSpan(0, length), plain) ? new StoredForm(codec, null, encoded.AsMemory(0, length)) : kept;
    }

    private static bool IsWhole(byte codec, ReadOnlySpan<byte> encoded, byte[] plain)
    {
        var back = new byte[plain.Length];
        return ChunkCodecs.TryDecode(codec, encoded, [], back) && back.AsSpan().SequenceEqual(plain);
    }

    private async ValueTask PaceAsync(CancellationToken cancellationToken)
    {
        if (bytesPerSecond is { } rate)
        {
            var ahead = TimeSpan.FromSeconds((double)_encoded / rate) - time.GetElapsedTime(_started);
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
