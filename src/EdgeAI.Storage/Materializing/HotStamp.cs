namespace EdgeAI.Storage.Materializing;

/// <summary>How a hot file looked from outside when it was known to be whole.</summary>
/// <param name="Path">The file's path within the folder.</param>
/// <param name="Length">How long it was.</param>
/// <param name="Modified">When it was last written to, in ticks of 100 ns (UTC).</param>
internal sealed record HotStamp(string Path, long Length, long Modified);
