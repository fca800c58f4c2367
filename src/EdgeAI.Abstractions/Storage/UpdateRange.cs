using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A range of a pack.</summary>
/// <param name="Pack">The pack's digest.</param>
/// <param name="Offset">Where the range begins, in bytes.</param>
/// <param name="Length">How long it is, in bytes.</param>
public readonly record struct UpdateRange(Digest Pack, long Offset, long Length);
