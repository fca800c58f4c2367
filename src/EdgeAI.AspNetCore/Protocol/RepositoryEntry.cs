namespace EdgeAI.AspNetCore.Protocol;

/// <summary>A model version in the repository's index.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The tag.</param>
/// <param name="State">READY when it is in memory, LOADING, UNLOADING, or UNAVAILABLE when its first request has to load it.</param>
/// <param name="Reason">Why it is not in memory; empty when it is.</param>
internal sealed record RepositoryEntry(string Name, string Version, string State, string Reason)
{
    public const string Ready = "READY";
}
