namespace EdgeAI.Memory;

/// <summary>Chooses what to ask on the system at hand.</summary>
internal static class SystemMemory
{
    public static ISystemMemory Current { get; } = OperatingSystem.IsLinux() ? new LinuxMemory("/", GlibcHeap.Current) : new PortableMemory();
}
