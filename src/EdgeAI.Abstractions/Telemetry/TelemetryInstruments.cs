namespace EdgeAI.Telemetry;

/// <summary>The names of the instruments of <see cref="EdgeAITelemetry.MeterName"/>.</summary>
public static class TelemetryInstruments
{
    /// <summary>How long an import took, in seconds.</summary>
    public const string ImportDuration = "edgeai.import.duration";

    /// <summary>Bytes of models that were imported: all of them, those that the store lacked, and what those take in packs.</summary>
    public const string ImportBytes = "edgeai.import.bytes";

    /// <summary>How long it took until a model's hot files were leased, laying them out included, in seconds.</summary>
    public const string MaterializeDuration = "edgeai.materialize.duration";

    /// <summary>Models that were asked for, by the tier where they were found.</summary>
    public const string ModelRequests = "edgeai.model.requests";

    /// <summary>Of the models that were asked for at a tier, the share that was there.</summary>
    public const string HitRatio = "edgeai.tier.hit.ratio";

    /// <summary>Reads of packs, by tier.</summary>
    public const string TierReads = "edgeai.tier.reads";

    /// <summary>Bytes of packs that were read, by tier.</summary>
    public const string TierReadBytes = "edgeai.tier.read.bytes";

    /// <summary>How long a read of a pack took, by tier, in seconds.</summary>
    public const string TierReadDuration = "edgeai.tier.read.duration";

    /// <summary>Models and packs that were moved between tiers.</summary>
    public const string PlacementMoves = "edgeai.placement.moves";

    /// <summary>How long a request to a cluster took, in seconds.</summary>
    public const string ClusterRequestDuration = "edgeai.cluster.request.duration";

    /// <summary>How long a pull took, in seconds.</summary>
    public const string PullDuration = "edgeai.pull.duration";

    /// <summary>Bytes that pulls moved.</summary>
    public const string PullBytes = "edgeai.pull.bytes";

    /// <summary>How long it took to send a model version to a cluster, in seconds.</summary>
    public const string SendDuration = "edgeai.send.duration";

    /// <summary>Bytes that were let through to and from other machines.</summary>
    public const string TransferBytes = "edgeai.transfer.bytes";

    /// <summary>Model versions that are still to go to a cluster.</summary>
    public const string OutboxEntries = "edgeai.outbox.entries";

    /// <summary>Bytes that are known to be still to go to a cluster.</summary>
    public const string OutboxBytes = "edgeai.outbox.bytes";

    /// <summary>How long the oldest of what is still to go to a cluster has waited, in seconds.</summary>
    public const string OutboxAge = "edgeai.outbox.age";

    /// <summary>How long a load took, in seconds.</summary>
    public const string LoadDuration = "edgeai.load.duration";

    /// <summary>How long it took to bring a model back into memory, or to give its memory back, in seconds.</summary>
    public const string SwapDuration = "edgeai.swap.duration";

    /// <summary>Models that the engine has, by state.</summary>
    public const string Models = "edgeai.models";

    /// <summary>Bytes that are reserved for models, by kind.</summary>
    public const string MemoryReserved = "edgeai.memory.reserved";

    /// <summary>Bytes that may be reserved for models, by kind; a kind without a limit is left out.</summary>
    public const string MemoryLimit = "edgeai.memory.limit";

    /// <summary>How long a run took as its caller saw it, in seconds.</summary>
    public const string RunDuration = "edgeai.run.duration";

    /// <summary>How long a run took on its device, in seconds.</summary>
    public const string DeviceRunDuration = "edgeai.device.run.duration";

    /// <summary>How long a run waited for its device, in seconds.</summary>
    public const string QueueDuration = "edgeai.queue.duration";

    /// <summary>Runs that wait for a device.</summary>
    public const string QueueLength = "edgeai.queue.length";

    /// <summary>Whether requests go to a device now: 1 or 0.</summary>
    public const string DeviceUsable = "edgeai.device.usable";

    /// <summary>Requests that shared a run.</summary>
    public const string BatchSize = "edgeai.batch.size";

    /// <summary>Runs that were refused while load was shed.</summary>
    public const string RunsRefused = "edgeai.run.refused";

    /// <summary>What failed, by stage and kind.</summary>
    public const string Failures = "edgeai.failures";

    /// <summary>What a rule read last: seconds, a share, bytes, a count or degrees.</summary>
    public const string MonitoringReading = "edgeai.monitoring.reading";

    /// <summary>Whether a rule holds now: 1 or 0.</summary>
    public const string MonitoringActive = "edgeai.monitoring.active";

    /// <summary>What rules did.</summary>
    public const string MonitoringEvents = "edgeai.monitoring.events";
}
