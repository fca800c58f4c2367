namespace EdgeAI.Storage.Materializing;

/// <summary>What a run of bytes in a hot file was when it was made.</summary>
/// <param name="File">The file's path within the folder.</param>
/// <param name="Offset">Where the run begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Hash">Its XXH3-128 in hexadecimal: a guard against a failing disk, not against an attacker, who could change it too.</param>
internal sealed record HotChecksum(string File, long Offset, long Length, string Hash);
