namespace EdgeAI.Storage.Clusters;

/// <summary>What a change of a name means for clusters: it goes to some, or it came from one.</summary>
/// <param name="To">The names of clusters that it goes to.</param>
/// <param name="From">The name of the cluster that it came from; null when it was made here.</param>
/// <param name="At">When.</param>
internal sealed record ClusterChange(IReadOnlyList<string> To, string? From, DateTimeOffset At);
