namespace EdgeAI.Providers;

/// <summary>A device that was found, and whether it can be used.</summary>
/// <param name="Device">The device.</param>
/// <param name="IsUsable">Whether requests go there now.</param>
/// <param name="Reason">Why it is or is not usable, in words, for people.</param>
public sealed record DeviceStatus(ExecutionDevice Device, bool IsUsable, string Reason)
{
    /// <summary>How many runs wait for it. A device without a limit has no queue.</summary>
    public int WaitingRuns { get; init; }
}
