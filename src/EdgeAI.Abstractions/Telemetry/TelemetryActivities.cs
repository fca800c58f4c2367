namespace EdgeAI.Telemetry;

/// <summary>The names of the activities of <see cref="EdgeAITelemetry.ActivitySourceName"/>.</summary>
public static class TelemetryActivities
{
    /// <summary>A model is imported.</summary>
    public const string Import = "edgeai.import";

    /// <summary>A model's hot files are leased, and laid out first if they are not there.</summary>
    public const string Materialize = "edgeai.materialize";

    /// <summary>A model is pulled from a cluster.</summary>
    public const string Pull = "edgeai.pull";

    /// <summary>A cluster is asked for something.</summary>
    public const string ClusterRequest = "edgeai.cluster.request";

    /// <summary>A request goes to an endpoint of an S3-compatible cluster.</summary>
    public const string S3Request = "edgeai.s3.request";

    /// <summary>A model version is sent to a cluster.</summary>
    public const string Send = "edgeai.send";

    /// <summary>A model is loaded on a device, or comes back after a swap.</summary>
    public const string Load = "edgeai.load";

    /// <summary>A model's memory is given back.</summary>
    public const string Unload = "edgeai.unload";

    /// <summary>A run, as its caller sees it.</summary>
    public const string Run = "edgeai.run";

    /// <summary>A run waits for its device; there is none where it need not.</summary>
    public const string Queue = "edgeai.queue";

    /// <summary>Requests share a run: a child of the first one's, with links to the others.</summary>
    public const string Batch = "edgeai.batch";

    /// <summary>A rule acts.</summary>
    public const string MonitoringAction = "edgeai.monitoring.action";
}
