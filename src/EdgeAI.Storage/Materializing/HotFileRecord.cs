using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>What a hot file was when it was made.</summary>
/// <param name="Path">The file's path within the folder.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Content">What it was made from, see <see cref="HotContent"/>; null when that has no name.</param>
/// <param name="Runs">Its bytes, but for zeros between them.</param>
internal sealed record HotFileRecord(string Path, long Length, Digest? Content, IReadOnlyList<HotChecksum> Runs);
