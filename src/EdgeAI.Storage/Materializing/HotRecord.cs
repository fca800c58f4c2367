namespace EdgeAI.Storage.Materializing;

/// <summary>What stands beside hot files in <see cref="HotChecksums.FileName"/>.</summary>
/// <param name="Files">The files.</param>
/// <param name="Check">The checksum of all that with this left empty, so that damage to what says what is right is found as well.</param>
internal sealed record HotRecord(IReadOnlyList<HotFileRecord> Files, string Check);
