using System.Buffers;

namespace EdgeAI.Storage.Materializing;

/// <summary>Memory for runs whose parts come one by one, up to a limit. Thread-safe.</summary>
internal sealed class HotRunBuffers
{
    private const long Limit = 32 << 20;

    private long _taken;

    /// <summary>Zeros of a length; null when too much is out.</summary>
    public byte[]? TryTake(int length)
    {
        if (Interlocked.Add(ref _taken, length) > Limit)
        {
            Interlocked.Add(ref _taken, -length);
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        buffer.AsSpan(0, length).Clear();
        return buffer;
    }

    public void GiveBack(byte[] buffer, int length)
    {
        Interlocked.Add(ref _taken, -length);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
