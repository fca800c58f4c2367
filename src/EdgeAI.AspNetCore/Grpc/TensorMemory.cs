using System.Buffers;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>A tensor's bytes as memory, where they lie. Valid while the tensor is.</summary>
internal sealed unsafe class TensorMemory : MemoryManager<byte>
{
    private readonly int _length;
    private MemoryHandle _handle;

    public TensorMemory(TensorValue tensor)
    {
        _length = tensor.AsBytes().Length;
        _handle = tensor.Pin();
    }

    public override Span<byte> GetSpan() => new(_handle.Pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_handle.Pointer + elementIndex);

    public override void Unpin()
    {
        // Pinned as long as it is there.
    }

    protected override void Dispose(bool disposing) => _handle.Dispose();
}
