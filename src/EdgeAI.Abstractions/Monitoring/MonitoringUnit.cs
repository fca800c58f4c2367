namespace EdgeAI.Monitoring;

/// <summary>What a metric is counted in, and what a threshold for it is written in.</summary>
public enum MonitoringUnit
{
    /// <summary>A time, in seconds; written as <c>500us</c>, <c>50ms</c>, <c>2s</c>, <c>5m</c>, <c>1h</c> or <c>1d</c>.</summary>
    Seconds = 0,

    /// <summary>A share, from 0 to 1; written as <c>90%</c>.</summary>
    Share = 1,

    /// <summary>Bytes; written as <c>6GB</c> or <c>512MiB</c>.</summary>
    Bytes = 2,

    /// <summary>A number of things; written as <c>64</c>.</summary>
    Count = 3,

    /// <summary>Degrees Celsius; written as <c>85°C</c> or <c>85C</c>.</summary>
    Celsius = 4,
}
