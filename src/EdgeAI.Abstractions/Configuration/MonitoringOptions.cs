using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>What an instance watches in itself, and what it does about it.</summary>
public sealed class MonitoringOptions : IValidatableObject
{
    /// <summary>The rules. Each is a metric, a threshold and an action.</summary>
    /// <value>The default is none: nothing is watched, and that costs nothing.</value>
    public IList<MonitoringRuleOptions> Metrics { get; } = [];

    /// <summary>How often rules are looked at.</summary>
    /// <value>The default is 1 second; more than zero.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether rules only say what they would do.</summary>
    /// <value>The default is false.</value>
    public bool DryRun { get; set; }

    /// <summary>How many events are kept to be looked at.</summary>
    /// <value>The default is 256; the range is 1 to 65,536.</value>
    [Range(1, 65536)]
    public int HistoryLength { get; set; } = 256;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Interval <= TimeSpan.Zero)
        {
            yield return new ValidationResult($"Interval is {Interval}; it must be more than zero.", [nameof(Interval)]);
        }
    }
}
