namespace EdgeAI.Storage.Clusters;

/// <summary>In which order clusters are asked: as they were given, or the backups before the primary. All readers of a store share one. Thread-safe.</summary>
internal sealed class ClusterOrder
{
    private volatile bool _prefersBackup;

    public bool PrefersBackup
    {
        get => _prefersBackup;
        set => _prefersBackup = value;
    }

    /// <summary>Puts members in order.</summary>
    /// <param name="members">As they were given: all, or one that is asked alone.</param>
    public IEnumerable<ClusterMember> Apply(IReadOnlyList<ClusterMember> members) => _prefersBackup && members.Count > 1 ? members.Skip(1).Append(members[0]) : members;
}
