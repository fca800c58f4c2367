using System.Buffers;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Matching;

/// <summary>A chunk that another may be kept as a difference from, in pooled memory.</summary>
internal sealed class BaseChunk(ChunkBase identity, byte[] buffer) : IDisposable
{
    public ChunkBase Identity => identity;

    public ReadOnlySpan<byte> AsSpan() => buffer.AsSpan(0, identity.Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
