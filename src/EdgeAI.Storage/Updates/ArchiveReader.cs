using System.Buffers.Binary;
using System.Text.Json;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Updates;

/// <summary>Reads an archive, which nobody has vetted: into a staging folder, and verified there, chunk by chunk.</summary>
internal sealed class ArchiveReader(Stream source, string staging, StoreIndex index, ManifestMover manifests, ChunkReader chunks)
{
    private const int FirstRead = 1 << 16;

    public async ValueTask<ReceivedModel> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var header = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            var digest = Digest.Parse(header.Manifest);
            var reference = ModelReference.Parse(header.Model);
            if (reference.Tag is null)
            {
                throw new InvalidArchiveException("its model's name is one version's");
            }

            var stored = await ReadManifestAsync(header.ManifestStored, cancellationToken).ConfigureAwait(false);
            var moved = new MovedManifest(header.ManifestLength, stored, header.ManifestBase is { } known ? Digest.Parse(known) : null);
            var json = await manifests.DecodeAsync(moved, digest, cancellationToken).ConfigureAwait(false);
            var manifest = ManifestSerializer.Deserialize(digest, json);
            var pack = await ReceivePackAsync(header.PackLength, cancellationToken).ConfigureAwait(false);
            RequireComplete(manifest, pack);
            var tensors = await ReadTensorsAsync(digest, manifest, pack, cancellationToken).ConfigureAwait(false);
            return new ReceivedModel(reference, digest, manifest, json, pack, tensors, header.Signatures ?? []);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidArchiveException("it is cut short", exception);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidModelReferenceException or ContentCorruptedException)
        {
            throw new InvalidArchiveException(exception.Message.TrimEnd('.'), exception);
        }
    }

    private async ValueTask<ArchiveHeader> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var start = new byte[ArchiveHeader.Magic.Length + sizeof(int)];
        await source.ReadExactlyAsync(start, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(ArchiveHeader.Magic.Length));
        if (!start.AsSpan().StartsWith(ArchiveHeader.Magic) || length is <= 0 or > ArchiveHeader.MaxLength)
        {
            throw new InvalidArchiveException("it does not begin like one");
        }

        var json = new byte[length];
        await source.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
        var header = JsonSerializer.Deserialize(json, ArchiveHeader.Json.Default.ArchiveHeader);
        return header is { ManifestLength: > 0 and <= (int)ManifestSerializer.MaxLength, ManifestStored: > 0, PackLength: > 0 } && header.ManifestStored <= header.ManifestLength
            ? header
            : throw new InvalidArchiveException("its header gives impossible lengths");
    }

    // The header's word for the length is not taken: memory grows with what has come.
    private async ValueTask<byte[]> ReadManifestAsync(int length, CancellationToken cancellationToken)
    {
        var stored = new byte[Math.Min(length, FirstRead)];
        for (var done = 0; ;)
        {
            await source.ReadExactlyAsync(stored.AsMemory(done), cancellationToken).ConfigureAwait(false);
            done = stored.Length;
            if (done == length)
            {
                return stored;
            }

            Array.Resize(ref stored, (int)Math.Min(length, 2L * done));
        }
    }

    private async ValueTask<WrittenPack> ReceivePackAsync(long length, CancellationToken cancellationToken)
    {
        var path = Path.Combine(staging, "received.pack");
        var file = DurableFile.Create(path);
        await using (file.ConfigureAwait(false))
        {
            await CopyAsync(file, length, cancellationToken).ConfigureAwait(false);
            await DurableFile.FlushAsync(file, cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            var digest = new Digest(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
            var staged = new StagedPack(file.SafeFileHandle, digest, length, chunks);
            var entries = await staged.VerifyAsync(cancellationToken).ConfigureAwait(false);
            return new WrittenPack(path, digest, length, entries);
        }
    }

    private async ValueTask<IReadOnlyList<StoredTensor>> ReadTensorsAsync(
        Digest digest,
        ModelManifest manifest,
        WrittenPack pack,
        CancellationToken cancellationToken)
    {
        if (index.HasTensors(digest))
        {
            return [];
        }

        using var file = File.OpenHandle(pack.Path);
        return await StoredTensors.ReadAsync(manifest, new StagedPack(file, pack, chunks), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CopyAsync(FileStream file, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (length > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new InvalidArchiveException("it is cut short");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            length -= read;
        }
    }

    private void RequireComplete(ModelManifest manifest, WrittenPack pack)
    {
        var received = pack.Entries.ToDictionary(entry => entry.Chunk, entry => entry.Length);
        if (pack.Entries.FirstOrDefault(entry => entry.Base is { } needed && !received.ContainsKey(needed.Chunk) && !index.TryKeep(needed.Chunk)) is { Length: > 0 } cut)
        {
            throw new InvalidArchiveException($"what its content {cut.Chunk} is a difference from was removed from this store meanwhile");
        }

        foreach (var chunk in manifest.Files.SelectMany(file => file.Chunks))
        {
            if ((received.TryGetValue(chunk.Digest, out var length) ? length : FindKept(chunk.Digest)?.Length) != chunk.Length)
            {
                throw new InvalidArchiveException(
                    "it is an update, and leaves out content that this store does not have either; export it whole, or import the version that it builds on first");
            }
        }
    }

    private ChunkLocation? FindKept(Digest chunk) => index.TryKeep(chunk) ? index.FindChunk(chunk) : null;
}
