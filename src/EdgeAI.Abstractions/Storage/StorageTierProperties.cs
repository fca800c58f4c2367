namespace EdgeAI.Storage;

/// <summary>What a storage tier is like.</summary>
/// <param name="Latency">How long the first byte takes.</param>
/// <param name="IsDurable">Whether objects survive a restart of the machine.</param>
/// <param name="IsRemote">Whether objects are on another machine.</param>
/// <param name="RelativeCost">What a byte costs to keep, relative to a local solid-state disk at 1.</param>
public sealed record StorageTierProperties(StorageLatency Latency, bool IsDurable, bool IsRemote, double RelativeCost = 1);
