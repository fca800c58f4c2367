namespace EdgeAI.Monitoring;

/// <summary>A rule as it is understood: while the metric reads more than the threshold, the action holds.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Threshold">What is too much.</param>
/// <param name="Action">The action's name.</param>
public sealed record MonitoringRule(string Metric, MonitoringQuantity Threshold, string Action)
{
    /// <summary>Which percentile is read.</summary>
    /// <value>The default is 95.</value>
    public double Percentile { get; init; } = 95;

    /// <summary>How far back the metric looks.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the reading must be at most before the rule lets go: the threshold less the hysteresis, in its unit.</summary>
    public double ClearsAt { get; init; } = Threshold.Value * 0.9;

    /// <summary>How long the rule stays as it is once it has changed.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan MinimumDwell { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many measurements make a reading.</summary>
    /// <value>The default is 3.</value>
    public int MinimumSamples { get; init; } = 3;

    /// <summary>Whether it only says what it would do.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Such as <c>storage_latency &gt; 50ms: switch_to_backup_storage</c>.</summary>
    public override string ToString() => $"{Metric} > {Threshold}: {Action}";
}
