using EdgeAI.Configuration;

namespace EdgeAI.Memory;

/// <summary>
/// What may be reserved and what is. Private and device bytes are hard limits; mapped ones are the kernel's to drop, so that they call for eviction and refuse nothing.
/// Not thread-safe: it belongs to the lock of the loaded models.
/// </summary>
internal sealed class MemoryBudget(MemoryUse limit)
{
    // Half for weights and activations leaves the other half to the app, the kernel and the mapped pages that are in use.
    private const double PrivateShare = 0.5;
    private const double MappedShare = 0.75;

    public MemoryUse Limit => limit;

    public MemoryUse Reserved { get; private set; }

    /// <summary>What is on its way out: reserved still, and about to be free.</summary>
    public MemoryUse Leaving { get; set; }

    public static MemoryBudget Create(MemoryOptions options, ISystemMemory system) => new(new MemoryUse(
        options.HostPrivateBytes ?? (long)(system.Limit * PrivateShare),
        options.HostMappedBytes ?? (long)(system.Limit * MappedShare),
        options.DeviceBytes ?? long.MaxValue));

    public void Reserve(MemoryUse use) => Reserved += use;

    public void Release(MemoryUse use) => Reserved -= use;

    /// <summary>Whether it could never fit.</summary>
    public bool IsTooLarge(MemoryUse use) => use.Private > limit.Private || use.Device > limit.Device;

    public bool Fits(MemoryUse use) => Fits(use.Private, Reserved.Private, limit.Private) && Fits(use.Device, Reserved.Device, limit.Device);

    /// <summary>What must be freed beside what is leaving, before there is room.</summary>
    public MemoryUse Shortage(MemoryUse use) => new(
        Shortage(use.Private, Reserved.Private - Leaving.Private, limit.Private),
        Shortage(Math.Min(use.Mapped, limit.Mapped), Reserved.Mapped - Leaving.Mapped, limit.Mapped),
        Shortage(use.Device, Reserved.Device - Leaving.Device, limit.Device));

    // What takes nothing of a kind is not kept out by it, even when measuring has shown that more is used than may be.
    private static bool Fits(long bytes, long reserved, long limit) => bytes == 0 || bytes <= limit - reserved;

    private static long Shortage(long bytes, long reserved, long limit) => bytes == 0 ? 0 : Math.Max(0, bytes - (limit - reserved));
}
