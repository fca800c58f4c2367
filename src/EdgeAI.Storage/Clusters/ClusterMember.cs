namespace EdgeAI.Storage.Clusters;

/// <summary>A cluster, and how it has been of late.</summary>
internal sealed record ClusterMember(StorageCluster Cluster, ClusterCircuit Circuit)
{
    public string Name => Cluster.Name;

    public IStorageTier Tier => Cluster.Tier;
}
