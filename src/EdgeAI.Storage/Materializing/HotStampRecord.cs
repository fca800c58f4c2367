namespace EdgeAI.Storage.Materializing;

/// <summary>What stands beside hot files in <see cref="HotStamps.FileName"/>.</summary>
/// <param name="Files">The files.</param>
/// <param name="Check">The checksum of all that with this left empty.</param>
internal sealed record HotStampRecord(IReadOnlyList<HotStamp> Files, string Check);
