using System.Diagnostics;

namespace EdgeAI.Telemetry;

/// <summary>A run that is measured; the default is one that nobody wants to hear of.</summary>
/// <param name="Begun">When it began.</param>
/// <param name="Activity">Its activity; null where no activities are listened to.</param>
internal readonly record struct RunMeasurement(long Begun, Activity? Activity)
{
    /// <summary>Whether somebody listens.</summary>
    public bool IsHeard => Begun != 0;
}
