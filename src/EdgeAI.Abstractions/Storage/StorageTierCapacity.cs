namespace EdgeAI.Storage;

/// <summary>How much room a tier has.</summary>
/// <param name="TotalBytes">In all; null when it has no limit that it knows of.</param>
/// <param name="AvailableBytes">Still free; null when it has no limit that it knows of.</param>
public readonly record struct StorageTierCapacity(long? TotalBytes, long? AvailableBytes);
