namespace EdgeAI.Telemetry;

/// <summary>The names of tags of measurements and activities.</summary>
public static class TelemetryTags
{
    /// <summary>The name of a named instance; on its meter.</summary>
    public const string Instance = "edgeai.instance";

    /// <summary>How it ended: <c>ok</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public const string Outcome = "edgeai.outcome";

    /// <summary>Where it failed: <c>import</c>, <c>materialize</c>, <c>pull</c>, <c>send</c>, <c>cluster</c>, <c>load</c> or <c>run</c>.</summary>
    public const string Stage = "edgeai.stage";

    /// <summary>The kind of failure: the exception's type.</summary>
    public const string ErrorType = "error.type";

    /// <summary>A tier: <c>hot</c>, <c>warm</c>, <c>cold</c> or <c>cluster</c>.</summary>
    public const string Tier = "edgeai.tier";

    /// <summary>The name of a cluster.</summary>
    public const string Cluster = "edgeai.cluster";

    /// <summary>What a request to a cluster was for: <c>lookup</c> (64 KiB at most), <c>range</c> or <c>probe</c>.</summary>
    public const string Request = "edgeai.request";

    /// <summary>Which bytes of an import: <c>plain</c>, <c>new</c> or <c>stored</c>.</summary>
    public const string Bytes = "edgeai.bytes";

    /// <summary>Which way: <c>up</c> or <c>down</c> of bytes, <c>in</c> or <c>out</c> of models.</summary>
    public const string Direction = "edgeai.direction";

    /// <summary>The priority of a transfer: <c>background</c>, <c>normal</c> or <c>critical</c>.</summary>
    public const string Priority = "edgeai.priority";

    /// <summary>A move between tiers: <c>drop</c>, <c>demote</c> or <c>promote</c>.</summary>
    public const string Move = "edgeai.move";

    /// <summary>A device, such as <c>cpu:0</c>.</summary>
    public const string Device = "edgeai.device";

    /// <summary>A kind of memory: <c>private</c>, <c>mapped</c> or <c>device</c>.</summary>
    public const string Memory = "edgeai.memory";

    /// <summary>The state of a model: <c>out</c>, <c>loading</c>, <c>loaded</c> or <c>leaving</c>.</summary>
    public const string State = "edgeai.state";

    /// <summary>The metric of a rule.</summary>
    public const string Metric = "edgeai.monitoring.metric";

    /// <summary>The action of a rule.</summary>
    public const string Action = "edgeai.monitoring.action";

    /// <summary>What a rule did: <c>fired</c>, <c>repeated</c> or <c>cleared</c>.</summary>
    public const string Event = "edgeai.monitoring.event";

    /// <summary>The model; on activities alone.</summary>
    public const string Model = "edgeai.model";
}
