namespace EdgeAI.Storage;

/// <summary>What a collection found on a cluster, and gave back.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Objects">Packs, manifests, plans and signatures that there were.</param>
/// <param name="Garbage">Those of them that no name needs, whether they were deleted already or wait for their time.</param>
/// <param name="GarbageBytes">Their bytes.</param>
/// <param name="Deleted">Objects that were deleted.</param>
/// <param name="BytesDeleted">Their bytes.</param>
/// <param name="Problems">What is damaged or missing, so that nobody knows what is garbage: nothing was condemned then, and nothing deleted that was not about to be.</param>
public sealed record ClusterCollectionReport(string Cluster, int Objects, int Garbage, long GarbageBytes, int Deleted, long BytesDeleted, IReadOnlyList<string> Problems)
{
    /// <summary>Whether another machine is collecting, or one died at it less than 15 minutes ago: nothing was done.</summary>
    public bool IsBusy { get; init; }
}
