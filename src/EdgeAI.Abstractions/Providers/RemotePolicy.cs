namespace EdgeAI.Providers;

/// <summary>Whether, and when, work goes to devices of kind <see cref="DeviceKind.Remote"/>. Where there is none, only <see cref="RemoteOnly"/> makes a difference.</summary>
public enum RemotePolicy
{
    /// <summary>Devices of this machine first. Remote ones when no local one has the model or room for it, when their queues are full, or when they failed.</summary>
    LocalFirst = 0,

    /// <summary>Devices of this machine alone: inputs never leave it.</summary>
    LocalOnly = 1,

    /// <summary>Any device: the one where the run is expected to finish first, by measured times, which have the network in them.</summary>
    Fastest = 2,

    /// <summary>Remote devices first. Those of this machine when no remote one has the model, when their queues are full, or when they failed.</summary>
    RemoteFirst = 3,

    /// <summary>Remote devices alone. The model need not be in the store, is not pulled from a cluster of the store, and is never laid out.</summary>
    RemoteOnly = 4,
}
