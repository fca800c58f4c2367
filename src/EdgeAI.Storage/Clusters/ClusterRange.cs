using System.Buffers;

namespace EdgeAI.Storage.Clusters;

/// <summary>Bytes that a cluster gave, in pooled memory.</summary>
internal readonly record struct ClusterRange(ClusterMember From, byte[] Buffer, int Length) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    public void Dispose()
    {
        if (Buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }
    }
}
