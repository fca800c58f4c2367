using System.Buffers;
using EdgeAI.Inference;

namespace EdgeAI.Batching;

/// <summary>Some rows of a batch's output, in its memory. It owns a share of that.</summary>
internal sealed unsafe class BatchRows(BatchOutputs outputs, byte* data, int length) : MemoryManager<byte>
{
    private BatchOutputs? _outputs = outputs;

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_outputs is null, typeof(ModelOutputs));
        return new Span<byte>(data, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_outputs is null, typeof(ModelOutputs));
        return new MemoryHandle(data + elementIndex);
    }

    public override void Unpin()
    {
        // The whole output is pinned.
    }

    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _outputs, null)?.Dispose();
}
