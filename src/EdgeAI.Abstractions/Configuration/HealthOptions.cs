namespace EdgeAI.Configuration;

/// <summary>From when on an instance counts as degraded.</summary>
public sealed class HealthOptions
{
    /// <summary>The share of a disk in use from which on it is nearly full.</summary>
    /// <value>The default is 0.95; the range is 0 to 1.</value>
    public double DiskUsage { get; set; } = 0.95;

    /// <summary>How long what is to go to a cluster may wait.</summary>
    /// <value>The default is 1 hour.</value>
    public TimeSpan OutboxAge { get; set; } = TimeSpan.FromHours(1);
}
