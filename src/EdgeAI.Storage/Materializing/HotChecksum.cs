using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>What a run of bytes in a hot file was when it was made.</summary>
/// <param name="Offset">Where the run begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Hash">Its XXH3-128 in hexadecimal: a guard against a failing disk, not against an attacker, who could change it too.</param>
/// <param name="Content">What it was made from, see <see cref="HotContent"/>; null when that has no name.</param>
internal sealed record HotChecksum(long Offset, int Length, string Hash, Digest? Content);
