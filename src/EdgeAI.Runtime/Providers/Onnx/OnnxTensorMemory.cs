using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>The memory of a native tensor, as memory that .NET code can read. It owns the tensor.</summary>
internal sealed unsafe class OnnxTensorMemory : MemoryManager<byte>
{
    private readonly int _length;
    private OrtValue? _value;
    private byte* _data;

    public OnnxTensorMemory(OrtValue value)
    {
        _value = value;
        _length = checked((int)value.GetTensorSizeInBytes());
        _data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorMutableRawData()));
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_value is null, typeof(Inference.ModelOutputs));
        return new Span<byte>(_data, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_value is null, typeof(Inference.ModelOutputs));
        return new MemoryHandle(_data + elementIndex);
    }

    public override void Unpin()
    {
        // Native memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        _data = null;
        Interlocked.Exchange(ref _value, null)?.Dispose();
    }
}
