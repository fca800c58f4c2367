namespace EdgeAI.Monitoring;

/// <summary>What happened to a rule.</summary>
public enum MonitoringEventKind
{
    /// <summary>Its metric read more than the threshold.</summary>
    Fired = 0,

    /// <summary>Its metric still reads too much after the minimum dwell, and its action was begun again.</summary>
    Repeated = 1,

    /// <summary>Its metric reads little enough, or nothing.</summary>
    Cleared = 2,
}
