namespace EdgeAI.Memory;

/// <summary>What .NET tells on every system.</summary>
internal sealed class PortableMemory : ISystemMemory
{
    public long Limit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    // The load is as old as the last collection, which is as good as it gets without asking each system by its own calls.
    public MemoryPressure ReadPressure()
    {
        var info = GC.GetGCMemoryInfo();
        return new MemoryPressure(info.TotalAvailableMemoryBytes, info.MemoryLoadBytes, 0);
    }

    public long? ReadNativeBytes() => null;

    public void Trim()
    {
    }
}
