using System.Buffers.Binary;
using System.Text.Json;
using EdgeAI.Models;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Updates;

/// <summary>Writes archives. The pack is made in a staging folder first, since its length stands before it.</summary>
internal sealed class ArchiveWriter(IStorageTier tier, string staging)
{
    public async ValueTask WriteAsync(
        ModelInfo model,
        MovedManifest manifest,
        IReadOnlyList<(Digest Chunk, ChunkLocation Location)> chunks,
        IReadOnlyList<byte[]> signatures,
        Stream destination,
        CancellationToken cancellationToken)
    {
        var pack = await WritePackAsync(chunks, cancellationToken).ConfigureAwait(false);
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new ArchiveHeader(
                model.Reference.ToString(),
                model.Digest.ToString(),
                manifest.Length,
                manifest.Stored.Length,
                manifest.Base?.ToString(),
                pack.Length,
                signatures.Count == 0 ? null : signatures),
            ArchiveHeader.Json.Default.ArchiveHeader);
        await destination.WriteAsync(Start(header.Length), cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(header, cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(manifest.Stored, cancellationToken).ConfigureAwait(false);
        var content = File.OpenRead(pack.Path);
        await using (content.ConfigureAwait(false))
        {
            await content.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
        }

        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Start(int headerLength)
    {
        var start = new byte[ArchiveHeader.Magic.Length + sizeof(int)];
        ArchiveHeader.Magic.CopyTo(start);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(ArchiveHeader.Magic.Length), headerLength);
        return start;
    }

    private async ValueTask<WrittenPack> WritePackAsync(
        IReadOnlyList<(Digest Chunk, ChunkLocation Location)> chunks,
        CancellationToken cancellationToken)
    {
        var writer = await PackWriter.CreateAsync(Path.Combine(staging, "archive.pack"), cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var (chunk, location) in chunks)
            {
                var stored = new byte[location.StoredLength];
                if (await tier.ReadAsync(PackFormat.KeyOf(location.Pack), location.Offset, stored, cancellationToken).ConfigureAwait(false) != stored.Length)
                {
                    throw new ContentCorruptedException(chunk, PackFormat.KeyOf(location.Pack), "the pack is missing or cut short");
                }

                await writer.AddAsync(chunk, location.Length, location.Checksum, location.Codec, location.Base, stored, cancellationToken).ConfigureAwait(false);
            }

            return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
