namespace EdgeAI.Monitoring;

/// <summary>The names of the metrics that rules can be about, beside an app's own.</summary>
public static class MonitoringMetrics
{
    /// <summary>How long the primary cluster takes to answer small requests, within a window; of a store without clusters, how long reads of packs take. A time.</summary>
    public const string StorageLatency = "storage_latency";

    /// <summary>The share of the memory budget that is reserved, of the kind that is filled most; or bytes, of private memory.</summary>
    public const string MemoryUsage = "memory_usage";

    /// <summary>The share that is used of the store's fullest disk; or bytes, those used there.</summary>
    public const string DiskUsage = "disk_usage";

    /// <summary>How many runs wait for devices. A count.</summary>
    public const string QueueDepth = "queue_depth";

    /// <summary>The share of runs that failed, within a window.</summary>
    public const string ErrorRate = "error_rate";

    /// <summary>How long runs take as their callers see it, within a window. A time.</summary>
    public const string InferenceLatency = "inference_latency";

    /// <summary>How long the oldest of what is still to go to a cluster has waited. A time.</summary>
    public const string OutboxAge = "outbox_age";

    /// <summary>The temperature of the hottest sensor that Linux tells of, in degrees Celsius. Elsewhere it has no reading.</summary>
    public const string Temperature = "temperature";
}
