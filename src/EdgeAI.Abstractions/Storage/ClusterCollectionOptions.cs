namespace EdgeAI.Storage;

/// <summary>How garbage is collected on a cluster.</summary>
public sealed record ClusterCollectionOptions
{
    /// <summary>
    /// For how long nobody must have needed an object before it is deleted, as collections find it; zero and more. The time between two of them counts as half of this at most, so that it takes three, and no clock that jumps
    /// deletes anything early. A pull of a version that no tag names any more has so long.
    /// </summary>
    /// <value>The default is 7 days.</value>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether to look only, and change nothing.</summary>
    /// <value>The default is false.</value>
    public bool IsDryRun { get; init; }
}
