using EdgeAI.Models;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>A model's files in the store, as hot files are made from them.</summary>
internal sealed class StoredHotSource(ModelManifest manifest, IChunkSource chunks) : IHotSource
{
    private readonly StoredModelFiles _files = new(manifest, chunks);
    private readonly SharedChunks _shared = new(chunks);

    public Stream Open(string? location) => _files.Open(location);

    public IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset)
    {
        var layout = _files.LayoutOf(location);
        for (var end = sourceOffset + length; sourceOffset < end;)
        {
            var piece = layout.Find(sourceOffset);
            var skipped = (int)(sourceOffset - piece.Offset);
            var take = (int)Math.Min(piece.Length - skipped, end - sourceOffset);
            yield return new HotPart(offset, take, location, sourceOffset, layout.File.Chunks[piece.Chunk], piece.Skip + skipped);
            (sourceOffset, offset) = (sourceOffset + take, offset + take);
        }
    }

    public async ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken)
    {
        var chunk = part.Chunk!.Value;
        if (part.Length == chunk.Length)
        {
            await chunks.ReadAsync(chunk.Digest, plain, cancellationToken).ConfigureAwait(false);
            return;
        }

        var whole = await _shared.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
        whole.Slice(part.Start, part.Length).CopyTo(plain);
    }
}
