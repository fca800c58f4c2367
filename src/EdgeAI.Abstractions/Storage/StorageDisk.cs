namespace EdgeAI.Storage;

/// <summary>A disk that tiers of a store are on.</summary>
/// <param name="Tiers">The tiers, such as <c>hot</c>.</param>
/// <param name="Capacity">Its room, for this process.</param>
public sealed record StorageDisk(IReadOnlyList<string> Tiers, StorageTierCapacity Capacity)
{
    /// <summary>The share that is not free, from 0 to 1; null when that is not known.</summary>
    public double? Used => Capacity is { TotalBytes: > 0 and var total, AvailableBytes: { } available } ? 1 - ((double)available / total) : null;
}
