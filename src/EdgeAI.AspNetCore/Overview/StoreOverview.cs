using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.AspNetCore.Overview;

/// <summary>What a store has at one moment.</summary>
internal sealed record StoreOverview(
    IReadOnlyList<ModelInfo> Models,
    IReadOnlyList<ModelPlacement> Placements,
    StorageUsage Usage,
    StorageBacklog Backlog,
    IReadOnlyList<StorageDisk> Disks,
    IReadOnlyList<ClusterStatus> Clusters,
    bool PrefersBackup);
