using System.Buffers;
using EdgeAI.Inference;

namespace EdgeAI.Abstractions.Tests.Inference;

/// <summary>Memory that counts how often it was given back.</summary>
internal sealed class CountingMemory : IMemoryOwner<byte>
{
    public int Disposals { get; private set; }

    public Memory<byte> Memory { get; } = new byte[sizeof(float)];

    public TensorValue ToTensor() => TensorValue.FromOwner(ElementType.Float32, this, 1);

    public void Dispose() => Disposals++;
}
