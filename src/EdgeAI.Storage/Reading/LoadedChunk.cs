using System.Buffers;
using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>Room for one chunk of a file at a time, in pooled memory. Not thread-safe.</summary>
internal sealed class LoadedChunk(ModelFile file, IChunkSource chunks)
{
    private byte[]? _buffer;
    private int _current = -1;

    public bool Has(int chunk) => chunk == _current;

    /// <summary>The bytes that a piece has from the chunk that is loaded.</summary>
    public ReadOnlyMemory<byte> Slice(in FilePiece piece) => _buffer.AsMemory(piece.Skip, piece.Length);

    public async ValueTask LoadAsync(int chunk, CancellationToken cancellationToken)
    {
        if (chunk == _current)
        {
            return;
        }

        var (digest, length) = file.Chunks[chunk];
        if (_buffer is null || _buffer.Length < length)
        {
            Release();
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        _current = -1;
        await chunks.ReadAsync(digest, _buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        _current = chunk;
    }

    public void Release()
    {
        if (_buffer is { } buffer)
        {
            (_buffer, _current) = (null, -1);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
