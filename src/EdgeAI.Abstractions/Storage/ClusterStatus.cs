namespace EdgeAI.Storage;

/// <summary>A cluster behind a store, as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUsable">Whether it is asked: false while it is left alone after failures.</param>
public sealed record ClusterStatus(string Name, bool IsUsable);
