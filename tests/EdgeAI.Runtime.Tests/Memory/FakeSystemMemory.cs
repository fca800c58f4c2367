using EdgeAI.Memory;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>A system whose memory is what the test says.</summary>
internal sealed class FakeSystemMemory : ISystemMemory
{
    private int _trims;
    private long _nativeBytes;

    public long Limit { get; set; } = 1L << 40;

    public MemoryPressure Pressure { get; set; } = new(1L << 40, 0, 0);

    /// <summary>How often memory was to be given back.</summary>
    public int Trims => Volatile.Read(ref _trims);

    /// <summary>How often somebody looked at the pressure.</summary>
    public int Looks { get; private set; }

    /// <summary>Whether it tells native bytes.</summary>
    public bool IsMeasuring { get; set; }

    public MemoryPressure ReadPressure()
    {
        Looks++;
        return Pressure;
    }

    public long? ReadNativeBytes() => IsMeasuring ? Interlocked.Read(ref _nativeBytes) : null;

    /// <summary>What native code allocates, or frees when it is less than 0.</summary>
    public void Allocate(long bytes) => Interlocked.Add(ref _nativeBytes, bytes);

    public void Trim() => Interlocked.Increment(ref _trims);
}
