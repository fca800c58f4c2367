namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>A file of a repository.</summary>
/// <param name="Path">Its path there.</param>
/// <param name="Expected">What it must be.</param>
/// <param name="CachedPath">Where the hub's tools have it on this machine; null when they don't.</param>
internal sealed record HubFile(string Path, ExpectedContent Expected, string? CachedPath);
