namespace EdgeAI.Monitoring;

/// <summary>Watches an instance by its rules, and acts.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IEdgeMonitor
{
    /// <summary>The rules, in their order, as they are now.</summary>
    IReadOnlyList<MonitoringRuleState> Rules { get; }

    /// <summary>What rules did, the latest last; as many as <see cref="Configuration.MonitoringOptions.HistoryLength"/> says.</summary>
    IReadOnlyList<MonitoringEvent> History { get; }

    /// <summary>Is raised after each firing, repetition and end, on a thread of the pool. What a handler throws is logged.</summary>
    event Action<MonitoringEvent>? Changed;

    /// <summary>Looks at all rules now. A started instance does so by itself, each <see cref="Configuration.MonitoringOptions.Interval"/>.</summary>
    /// <param name="cancellationToken">Cancels the look.</param>
    ValueTask EvaluateAsync(CancellationToken cancellationToken = default);
}
