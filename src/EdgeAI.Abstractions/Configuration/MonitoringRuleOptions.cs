using EdgeAI.Monitoring;

namespace EdgeAI.Configuration;

/// <summary>A rule: while a metric reads more than a threshold, an action holds.</summary>
public sealed class MonitoringRuleOptions
{
    /// <summary>The metric, one of <see cref="MonitoringMetrics"/> or an app's own.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>What is too much, with its unit: <c>50ms</c> or <c>2s</c>, <c>90%</c>, <c>6GB</c>, <c>64</c>, <c>85°C</c>.</summary>
    public string Threshold { get; set; } = string.Empty;

    /// <summary>What is done, one of <see cref="MonitoringActions"/> or an app's own.</summary>
    public string Action { get; set; } = string.Empty;

    /// <summary>Which percentile of what was measured within <see cref="Window"/> is read. Metrics that are read as they are at the moment have none.</summary>
    /// <value>The default is 95; more than 0, at most 100.</value>
    public double? Percentile { get; set; }

    /// <summary>How far back a metric looks that is of many measurements, such as <c>30s</c> or <c>5m</c>.</summary>
    /// <value>The default is null, which stands for <c>10s</c>; the range is 1 second to 1 hour.</value>
    public string? Window { get; set; }

    /// <summary>How far the reading must fall below the threshold before the rule lets go: a share of the threshold such as <c>10%</c>, or an amount in its unit.</summary>
    /// <value>The default is null, which stands for <c>10%</c>; less than the threshold.</value>
    public string? Hysteresis { get; set; }

    /// <summary>How long a rule stays as it is, on or off, once it has changed, such as <c>30s</c>. The first time that it fires waits for nothing.</summary>
    /// <value>The default is null, which stands for <c>30s</c>; the range is zero to 1 day.</value>
    public string? MinimumDwell { get; set; }

    /// <summary>How many measurements a window must have before they are a reading.</summary>
    /// <value>The default is 3; 1 or more.</value>
    public int MinimumSamples { get; set; } = 3;

    /// <summary>Whether this rule only says what it would do; null for what <see cref="MonitoringOptions.DryRun"/> says.</summary>
    /// <value>The default is null.</value>
    public bool? DryRun { get; set; }
}
