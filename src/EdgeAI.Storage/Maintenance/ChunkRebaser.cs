using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Maintenance;

/// <summary>
/// Encodes chunks at the end of long chains anew: as a difference from the nearest link that leaves the chain short enough, or by themselves. What a chunk is decoded with is to be
/// rebased before it.
/// </summary>
internal sealed class ChunkRebaser(Dictionary<Digest, PlacedChunk> places, ChunkReader chunks, ChunkCodecs codecs, PackRewriter rewriter, ChainDepths depths, int maxDepth)
{
    /// <summary>How many chains were made shorter.</summary>
    public long ChunksRebased { get; private set; }

    public async ValueTask<StoredForm> EncodeAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        if (depths.Of(chunk.Chunk) <= maxDepth)
        {
            return await rewriter.CopyAsync(chunk, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var encoded = await EncodeShorterAsync(chunk, cancellationToken).ConfigureAwait(false);
            depths.Rebase(chunk.Chunk, encoded.Base?.Chunk);
            ChunksRebased++;
            return encoded;
        }
        catch (ContentCorruptedException)
        {
            // Its reader has marked what is damaged, for a repair; what this chunk is kept as is no worse than before.
            return await rewriter.CopyAsync(chunk, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<StoredForm> EncodeShorterAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        var (baseline, form, baseForm) = await FindBaseAsync(chunk, cancellationToken).ConfigureAwait(false);
        var plain = await ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
        var basePlain = baseline is { } found ? await ReadAsync(found, cancellationToken).ConfigureAwait(false) : [];
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = codecs.Encode(new ChunkContent(plain, form) { Base = basePlain, BaseForm = baseForm }, encoded, out var codec);
        ChunkBase? kept = ChunkCodecs.NeedsBase(codec) && baseline is { } needed
            ? new ChunkBase(needed.Chunk, needed.Location.Length, (byte)(depths.Of(needed.Chunk) + 1))
            : null;
        return new StoredForm(codec, kept, encoded.AsMemory(0, length));
    }

    // Each link says which form it has, and which the one before it.
    private async ValueTask<(PlacedChunk? Base, ElementForm Form, ElementForm BaseForm)> FindBaseAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        var form = ElementForm.Bytes;
        for (var link = chunk; link.Location.Base is { } next && places.TryGetValue(next.Chunk, out var baseline); link = baseline)
        {
            var stored = await rewriter.CopyAsync(link, cancellationToken).ConfigureAwait(false);
            if (stored.Codec != DeltaCodec.Id || !DeltaCodec.TryReadForms(stored.Stored.Span, out var own, out var before))
            {
                break;
            }

            form = link == chunk ? own : form;
            if (depths.Of(next.Chunk) < maxDepth)
            {
                return (baseline, form, before);
            }
        }

        return (null, form, ElementForm.Bytes);
    }

    private async ValueTask<byte[]> ReadAsync(PlacedChunk chunk, CancellationToken cancellationToken)
    {
        var plain = new byte[chunk.Location.Length];
        await chunks.ReadAsync(chunk.Chunk, plain, cancellationToken).ConfigureAwait(false);
        return plain;
    }
}
