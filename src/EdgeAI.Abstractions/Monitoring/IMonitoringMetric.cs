namespace EdgeAI.Monitoring;

/// <summary>Something that rules can be about. Implement it to add one: <c>AddMonitoringMetric&lt;T&gt;("name", unit)</c>.</summary>
/// <remarks>One object for all rules of an instance; calls come one after the other, from a thread of the pool.</remarks>
public interface IMonitoringMetric
{
    /// <summary>Is called once for each rule about the metric, before it is first read: for metrics that begin to measure then.</summary>
    /// <param name="rule">The rule.</param>
    void Watch(MonitoringRule rule)
    {
    }

    /// <summary>Reads the metric.</summary>
    /// <param name="rule">For which rule: its percentile, its window, and the unit of its threshold.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The reading in the unit of the rule's threshold; null when there is none, which fires no rule, and lets one go that has fired.</returns>
    ValueTask<double?> ReadAsync(MonitoringRule rule, CancellationToken cancellationToken = default);
}
