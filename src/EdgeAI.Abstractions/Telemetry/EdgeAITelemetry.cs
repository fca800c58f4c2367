namespace EdgeAI.Telemetry;

/// <summary>The names under which EdgeAI is heard: of its meter, and of its source of activities. <c>docs/telemetry.md</c> lists what they give.</summary>
public static class EdgeAITelemetry
{
    /// <summary>The name of the meter: <c>EdgeAI</c>. That of a named instance has the tag <see cref="TelemetryTags.Instance"/>.</summary>
    public const string MeterName = "EdgeAI";

    /// <summary>The name of the source of activities: <c>EdgeAI</c>.</summary>
    public const string ActivitySourceName = "EdgeAI";
}
