using System.Buffers;

namespace EdgeAI.Storage.Chunking;

/// <summary>A chunk that has been read.</summary>
/// <param name="Place">Where it lies; its length is that of the content.</param>
/// <param name="Buffer">Begins with the chunk's bytes. From the shared <see cref="ArrayPool{T}"/>; who takes the chunk gives it back.</param>
internal readonly record struct CutChunk(PlannedChunk Place, byte[] Buffer)
{
    public Memory<byte> Content => Buffer.AsMemory(0, Place.Length);
}
